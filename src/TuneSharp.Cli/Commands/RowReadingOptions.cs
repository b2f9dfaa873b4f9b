using System.CommandLine;
using TuneSharp.Cli.Texts;
using TuneSharp.Data;
using TuneSharp.Formats;

namespace TuneSharp.Cli.Commands;

/// <summary>The options that say how the rows of a file are to be read; the commands that look at data share them.</summary>
internal sealed class RowReadingOptions
{
    private readonly Argument<string> _file;
    private readonly Option<string> _format;
    private readonly Option<string?> _promptFormat;
    private readonly Option<string?> _answerColumn;
    private readonly Option<string?> _textColumn;
    private readonly Option<string?> _textPairColumn;
    private readonly Option<string?> _labelColumn;
    private readonly Option<string?> _labelSeparator;
    private readonly Option<string> _task;
    private readonly Option<string> _encoding;
    private readonly Option<string?> _template;
    private readonly Option<string?> _trainOnlyAfter;

    private RowReadingOptions(Wording words)
    {
        _file = new Argument<string>("FILE") { Description = words[DataTexts.File] };
        _format = new Option<string>("--format") { Description = words[DataTexts.Format], HelpName = "FORMAT", DefaultValueFactory = _ => "auto" };
        _promptFormat = new Option<string?>("--prompt_format", "--prompt-format") { Description = words[DataTexts.PromptFormat], HelpName = "TEXT" };
        _answerColumn = new Option<string?>("--answer_column", "--answer-column") { Description = words[DataTexts.AnswerColumn], HelpName = "NAME" };
        _textColumn = new Option<string?>("--text_column", "--text-column") { Description = words[DataTexts.TextColumn], HelpName = "NAME" };
        _textPairColumn = new Option<string?>("--text_pair_column", "--text-pair-column") { Description = words[ClassifyTexts.TextPairColumn], HelpName = "NAME" };
        _labelColumn = new Option<string?>("--label_column", "--label-column") { Description = words[ClassifyTexts.LabelColumn], HelpName = "NAME" };
        _labelSeparator = new Option<string?>("--label_separator", "--label-separator") { Description = words[ClassifyTexts.LabelSeparator], HelpName = "TEXT" };
        _task = new Option<string>("--task") { Description = words[DataTexts.Task], HelpName = "TASK", DefaultValueFactory = _ => "causal_lm" };
        _template = new Option<string?>("--template") { Description = words[DataTexts.Template], HelpName = "NAME" };
        _trainOnlyAfter = new Option<string?>("--train_only_after", "--train-only-after") { Description = words[DataTexts.TrainOnlyAfter], HelpName = "TEXT" };
        _encoding = new Option<string>("--encoding") { Description = words[DataTexts.Encoding], HelpName = "NAME", DefaultValueFactory = _ => "auto" };
    }

    /// <param name="rendering">Also the options that say how rows become tokens.</param>
    /// <param name="file">The file is an argument of the command; otherwise the command names it in another way.</param>
    /// <param name="labels">Also the options for rows with labels.</param>
    /// <param name="task">Also the option that names the task; otherwise the command knows it.</param>
    public static RowReadingOptions AddTo(Command command, Wording words, bool rendering = false, bool file = true, bool labels = false, bool task = false)
    {
        var options = new RowReadingOptions(words);
        if (file) command.Add(options._file);
        foreach (Option option in (Option[])[options._format, options._promptFormat, options._answerColumn, options._textColumn, options._encoding]) command.Add(option);
        if (task) command.Add(options._task);
        if (labels) foreach (Option option in (Option[])[options._textPairColumn, options._labelColumn, options._labelSeparator]) command.Add(option);
        if (rendering) command.Add(options._template);
        if (rendering) command.Add(options._trainOnlyAfter);
        return options;
    }

    /// <exception cref="InvalidInputException">Options that contradict one another, an unknown format or encoding.</exception>
    public DataSettings Read(ParseResult parsed, string? file = null, TrainingTask? task = null)
    {
        var settings = new DataSettings
        {
            Task = task ?? TaskNamed(parsed.GetValue(_task)!),
            TextPairColumn = parsed.GetValue(_textPairColumn),
            LabelColumn = parsed.GetValue(_labelColumn),
            LabelSeparator = parsed.GetValue(_labelSeparator),
            Dataset = file ?? parsed.GetValue(_file),
            Format = parsed.GetValue(_format)!,
            PromptFormat = parsed.GetValue(_promptFormat),
            AnswerColumn = parsed.GetValue(_answerColumn),
            TextColumn = parsed.GetValue(_textColumn),
            Encoding = parsed.GetValue(_encoding)!,
            Template = parsed.GetValue(_template),
            TrainOnlyAfter = parsed.GetValue(_trainOnlyAfter),
        };
        settings.Validate();
        return settings;
    }

    private static TrainingTask TaskNamed(string name) => name switch
    {
        null or "causal_lm" => TrainingTask.CausalLm,    // null: the command has no such option
        "classification" => TrainingTask.Classification,
        _ => throw new InvalidInputException($"--task is {name}.", "--task", "Give causal_lm or classification."),
    };
}
