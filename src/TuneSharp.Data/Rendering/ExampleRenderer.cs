using TuneSharp.Data.Rendering.Slots;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;
using Encoding = TuneSharp.Tokenizers.Encoding;

namespace TuneSharp.Data.Rendering;

/// <summary>
/// Turns rows into ids and labels: conversation → chat template → tokens, with the prompt masked. Immutable, safe for any
/// number of threads.
/// </summary>
/// <remarks>
/// The text is tokenized as a whole, without special tokens being added (the template writes them), as transformers'
/// <c>apply_chat_template</c> does. Learned are the tokens that overlap an answer: the template's <c>{% generation %}</c> blocks, else
/// the prefix rule (<see cref="AnswerSpans"/>). The end token of an answer is part of it wherever the template writes one.
/// Text rows are learned whole, with EOS behind them.
/// </remarks>
public sealed class ExampleRenderer : IRowRenderer
{
    private readonly Tokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly RenderingOptions _options;
    private readonly IReadOnlyDictionary<string, string> _specialTokens;
    private readonly string[] _controlTexts;
    private readonly HashSet<int> _controlIds;
    private readonly SlotRendering? _slots;
    private readonly int[]? _responseTemplate;

    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="template">The model's chat template; null = the plain template for base models (<see cref="PlainChatTemplate"/>).</param>
    /// <param name="options">What is learned.</param>
    /// <exception cref="InvalidInputException">There is no template, and the tokenizer names no end token.</exception>
    public ExampleRenderer(Tokenizer tokenizer, ChatTemplate? template, RenderingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _options = options ?? new RenderingOptions();
        template = _options.WholeText ? null : _options.Template ?? template;
        if (_options.Slots is { } slots)
        {
            _slots = new SlotRendering(tokenizer, slots);
            template = ChatTemplate.Parse(SlotJinja.Write(slots, tokenizer), slots.Name);
        }
        _template = template ?? (_options.WholeText ? WholeTextTemplate.Instance : PlainChatTemplate.Instance);
        _specialTokens = template is null ? PlainChatTemplate.SpecialTokens(tokenizer) : tokenizer.SpecialTokens.All;
        if (_options is { WholeText: true, AppendEos: false }) _specialTokens = new Dictionary<string, string>(_specialTokens, StringComparer.Ordinal) { ["eos_token"] = "" };
        if (_options.ResponseTemplate is { } response) _responseTemplate = tokenizer.EncodeIds(response);
        _controlTexts = [.. tokenizer.AddedTokens.Where(token => token.IsSpecial).Select(token => token.Content)];
        _controlIds = [.. tokenizer.AddedTokens.Where(token => token.IsSpecial).Select(token => token.Id)];
    }

    /// <summary>The template in use: save its source beside the result, so that the model is asked as it was taught.</summary>
    public ChatTemplate Template => _template;

    /// <summary>Highest id + 1.</summary>
    public int VocabularySize => _tokenizer.VocabularySize;

    /// <summary>A text that differs where rows would be rendered differently, beside tokenizer and settings: template, variables, and the day if the template writes it.</summary>
    public string Identity => string.Join('\u0001', _template.Source, _options.Variables?.ToJsonString(),
        _template.Source.Contains("strftime_now", StringComparison.Ordinal) ? $"{_options.Clock.GetLocalNow():yyyy-MM-dd}" : "");

    /// <summary>Renders one row.</summary>
    /// <exception cref="InvalidInputException">The template refuses the conversation; the message names the row.</exception>
    public RenderedExample Render(DatasetRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        try
        {
            return row switch
            {
                TextRow text => RenderText(text),
                ConversationRow conversation when _slots is not null => RenderSlots(conversation, _slots),
                ConversationRow conversation when _options.WholeText => RenderWhole(conversation),
                ConversationRow conversation => RenderConversation(conversation),
                _ => throw new ArgumentException($"A {row.GetType().Name} is not for fine-tuning on answers.", nameof(row)),
            };
        }
        catch (ChatTemplateException e)
        {
            throw new UnreadableDatasetException(new DataProblem(ProblemSeverity.Error, ProblemKind.Template, $"The chat template refuses this conversation: {e.Problem.TrimEnd('.')}.",
                "Change the row, leave it out with skip_broken_rows, or use another chat template.")
            { File = row.Source.File, Row = row.Source.Row, Line = row.Source.Line }, e);
        }
    }

    /// <summary>Renders rows on several threads, in their order, without collecting them.</summary>
    /// <param name="rows">Read lazily.</param>
    /// <param name="threads">At most so many threads.</param>
    /// <param name="refused">What to do with a row that the template refuses; null = the exception goes to the caller.</param>
    public IEnumerable<(DatasetRow Row, RenderedExample? Example)> RenderAll(IEnumerable<DatasetRow> rows, int threads, Action<DataProblem>? refused = null)
    {
        foreach ((DatasetRow row, (RenderedExample? example, UnreadableDatasetException? fault)) in RowWork.Map(rows, threads, this.TryRender))
        {
            if (fault is not null)
            {
                if (refused is null) throw fault;
                refused(fault.Details);
            }
            yield return (row, example);
        }
    }

    /// <summary>The prompt of a conversation, ready for the model to answer.</summary>
    public string RenderPrompt(IReadOnlyList<ChatMessage> messages, System.Text.Json.Nodes.JsonArray? tools = null) =>
        _template.Render(Input(WithSystem(messages), tools, addGenerationPrompt: true)).Text;

    private RenderedExample RenderText(TextRow row)
    {
        if (_options.WholeText) return _options.TokenizeApart ? RenderApart(row, "", row.Text) : RenderTogether(row, "", row.Text);
        int[] ids = WithEos(_tokenizer.EncodeIds(row.Text, addSpecialTokens: true));
        int[] labels = _responseTemplate is null ? ids : ResponseTemplateMask.Labels(ids, _responseTemplate);
        return new RenderedExample(new TrainingExample(ids, labels) { Source = row.Source }, row.Text, _responseTemplate is null ? "whole text" : "response template", []);
    }

    private RenderedExample RenderSlots(ConversationRow row, SlotRendering slots)
    {
        IReadOnlyList<Turn> turns = _options.System is { Length: > 0 } system && !row.Turns.Any(turn => turn.Message.Role == "system") ? [new Turn(new ChatMessage("system", system)), .. row.Turns] : row.Turns;
        var problems = new List<DataProblem>();
        NoteControlTexts(row, problems);
        (int[] ids, int[] labels, bool isCut) = slots.Render(turns, row.Tools, new SlotLearning(_options.TrainOnPrompt, _options.LastTurnOnly, _options.Cutoff ?? int.MaxValue));
        if (isCut) problems.Add(Problem(row, ProblemSeverity.Warning, ProblemKind.Truncated, $"The row was cut to {ids.Length} tokens.", "Raise max_length, or leave such rows out (overlong_rows: drop)."));
        return new RenderedExample(new TrainingExample(ids, labels) { Source = row.Source }, _tokenizer.Decode(ids, skipSpecialTokens: false), $"template {_options.Slots!.Name}", problems);
    }

    private RenderedExample RenderWhole(ConversationRow row)
    {
        string prompt = string.Concat(WithSystem(row.Messages).SkipLast(1).Select(message => message.Content)), answer = row.Messages[^1].Content;
        return _options.TokenizeApart ? RenderApart(row, prompt, answer) : RenderTogether(row, prompt, answer);
    }

    // Prompt and answer are tokenized by themselves, as text-generation-webui does.
    private RenderedExample RenderApart(DatasetRow row, string prompt, string answer)
    {
        int[] source = prompt.Length == 0 ? [] : WithOneBos(_tokenizer.EncodeIds(prompt, addSpecialTokens: true));
        if (_tokenizer.SpecialTokens.Eos is { } eos && source is [.., var last] && last == eos.Id && !prompt.EndsWith(eos.Text, StringComparison.Ordinal)) source = source[..^1];
        int[] target = WithEos(prompt.Length == 0 ? WithOneBos(_tokenizer.EncodeIds(answer, addSpecialTokens: true)) : _tokenizer.EncodeIds(answer));
        int[] ids = [.. source, .. target], labels = [.. ids];
        if (!_options.TrainOnPrompt) labels.AsSpan(0, source.Length).Fill(TrainingExample.Ignored);
        return new RenderedExample(new TrainingExample(ids, labels) { Source = row.Source }, prompt + answer, "whole text", []);
    }

    // One tokenization; a token is learned when it ends behind the prompt.
    private RenderedExample RenderTogether(DatasetRow row, string prompt, string answer)
    {
        Encoding encoding = _tokenizer.Encode(prompt + answer, addSpecialTokens: true);
        int[] ids = WithEos(encoding.Ids), labels = [.. ids];
        for (int t = 0; t < encoding.Count && !_options.TrainOnPrompt; t++)
            if (encoding.Offsets[t].End <= prompt.Length) labels[t] = TrainingExample.Ignored;
        var problems = new List<DataProblem>();
        if (_tokenizer.SpecialTokens.Bos is { } bos && ids is [var first, var second, ..] && first == bos.Id && second == bos.Id)
            problems.Add(Problem(row, ProblemSeverity.Warning, ProblemKind.SpecialToken, $"The text begins with {Quoted.Text(bos.Text)}, which the tokenizer adds as well: it stands there twice.", "Remove it from the text."));
        return new RenderedExample(new TrainingExample(ids, labels) { Source = row.Source }, prompt + answer, "whole text", problems);
    }

    private int[] WithEos(int[] ids) =>
        _options.AppendEos && _tokenizer.SpecialTokens.Eos is { } eos && (ids.Length == 0 || ids[^1] != eos.Id) ? [.. ids, eos.Id] : ids;

    // A text that writes the beginning token itself has it once all the same.
    private int[] WithOneBos(int[] ids) =>
        _tokenizer.SpecialTokens.Bos is { } bos && ids is [var first, var second, ..] && first == bos.Id && second == bos.Id ? ids[1..] : ids;

    private RenderedExample RenderConversation(ConversationRow row)
    {
        if (_options.PlainCompletion && row.Tools is null && row.Turns is [{ Message: { Role: "user" } prompt }, { Message: { Role: "assistant" } completion, IsLearned: true }])
            return new RenderedExample(PlainCompletion.Render(_tokenizer, prompt.Content, completion.Content, _options.TrainOnPrompt) with { Source = row.Source }, prompt.Content + completion.Content, "completion", []);
        IReadOnlyList<ChatMessage> messages = WithSystem(row.Messages);
        int added = messages.Count - row.Messages.Count;
        RenderedChat chat = _template.Render(Input(messages, row.Tools, addGenerationPrompt: false));
        Encoding encoding = _tokenizer.Encode(chat.Text);
        var problems = new List<DataProblem>();
        if (!_options.WholeText) NoteControlTexts(row, problems);

        int[] labels;
        string rule;
        if (_options.TrainOnPrompt)
        {
            labels = encoding.Ids;
            rule = "whole text";
        }
        else
        {
            (List<(int Start, int End)> spans, rule) = Spans(row, messages, added, chat, problems);
            labels = Label(encoding, spans);
            if (spans.Count > 0 && Array.Exists(labels, label => label != TrainingExample.Ignored) && !EndsWithControl(encoding, spans[^1]))
            {
                problems.Add(Problem(row, ProblemSeverity.Warning, ProblemKind.NoEndToken, "The template writes no end token behind the answer: the model will not learn when to stop.",
                    "Use a chat template that writes one inside the answer."));
            }
        }
        return new RenderedExample(new TrainingExample(encoding.Ids, labels) { Source = row.Source }, chat.Text, rule, problems);
    }

    private (List<(int Start, int End)> Spans, string Rule) Spans(ConversationRow row, IReadOnlyList<ChatMessage> messages, int added, RenderedChat chat, List<DataProblem> problems)
    {
        int[] answers = [.. Enumerable.Range(0, row.Turns.Count).Where(i => row.Turns[i].Message.Role == "assistant")];
        bool[] learned = [.. answers.Select(i => row.Turns[i].IsLearned && (!_options.LastTurnOnly || i == answers[^1]))];
        var spans = new List<(int, int)>();
        if (row.PromptTurns is { } promptTurns)
        {
            string prompt = RenderPart(messages, promptTurns + added, open: true, row);
            return ([(chat.Text.AsSpan().CommonPrefixLength(prompt), chat.Text.Length)], "completion");
        }
        if (chat.AssistantSpans.Count == answers.Length && answers.Length > 0)
        {
            for (int i = 0; i < answers.Length; i++)
                if (learned[i]) spans.Add((chat.AssistantSpans[i].Start, chat.AssistantSpans[i].End));
            return (spans, "generation blocks");
        }
        if (chat.AssistantSpans.Count > 0)
        {
            // Blocks that are not one an answer cannot be matched with weights; they hold if everything is learned.
            if (!Array.TrueForAll(learned, l => l))
                throw new ChatTemplateException(ChatTemplateFault.Caller, $"It marks {chat.AssistantSpans.Count} learned parts for {answers.Length} answers, so single answers cannot be left out", _template.Where);
            spans.AddRange(chat.AssistantSpans.Select(span => (span.Start, span.End)));
            return (spans, "generation blocks");
        }
        if (_options.AssistantOnlyLoss && answers.Length > 0)
            throw new ChatTemplateException(ChatTemplateFault.Caller, "It marks no answers with {% generation %} … {% endgeneration %}, which assistant_only_loss asks for", _template.Where);
        int lost = 0;
        for (int i = 0; i < answers.Length; i++)
        {
            if (!learned[i]) continue;
            (int Start, int End)? span = AnswerSpans.Find(chat.Text, messages, answers[i] + added, (count, open) => RenderPart(messages, count, open, row));
            if (span is { } found) spans.Add(found);
            else lost++;
        }
        if (lost > 0)
        {
            problems.Add(Problem(row, ProblemSeverity.Warning, ProblemKind.Template, $"The chat template rewrites earlier turns: {lost} of {answers.Length} answers cannot be located and are not learned.",
                "Cut the conversation into one row an answer, or use a template with {% generation %} blocks."));
        }
        return (spans, "prefix rule");
    }

    private string RenderPart(IReadOnlyList<ChatMessage> messages, int count, bool open, ConversationRow row) =>
        _template.Render(Input([.. messages.Take(count)], row.Tools, open)).Text;

    // A token belongs to an answer when it holds a character of it; a token without characters when it stands inside.
    private static int[] Label(Encoding encoding, List<(int Start, int End)> spans)
    {
        int[] labels = new int[encoding.Count];
        Array.Fill(labels, TrainingExample.Ignored);
        for (int t = 0; t < labels.Length; t++)
        {
            (int start, int end) = (encoding.Offsets[t].Start, encoding.Offsets[t].End);
            foreach ((int from, int to) in spans)
                if ((start < end && start < to && end > from) || (start == end && start >= from && start < to)) labels[t] = encoding.Ids[t];
        }
        return labels;
    }

    private bool EndsWithControl(Encoding encoding, (int Start, int End) span)
    {
        for (int t = encoding.Count - 1; t >= 0 && encoding.Offsets[t].End > span.Start; t--)
            if (encoding.Offsets[t].Start < span.End && (_controlIds.Contains(encoding.Ids[t]) || encoding.Ids[t] == _tokenizer.SpecialTokens.Eos?.Id)) return true;
        return false;
    }

    private void NoteControlTexts(ConversationRow row, List<DataProblem> problems)
    {
        for (int i = 0; i < row.Turns.Count; i++)
        {
            string content = row.Turns[i].Message.Content;
            if (!content.Contains('<') && !content.Contains('[')) continue;
            string? found = Array.Find(_controlTexts, text => content.Contains(text, StringComparison.Ordinal));
            if (found is null) continue;
            problems.Add(Problem(row, ProblemSeverity.Warning, ProblemKind.SpecialToken, $"Message {i + 1} holds the text {Quoted.Text(found)}, which the model reads as a control token.", "Remove it unless it is meant so."));
        }
    }

    private IReadOnlyList<ChatMessage> WithSystem(IReadOnlyList<ChatMessage> messages) =>
        _options.System is { Length: > 0 } system && !messages.Any(message => message.Role == "system") ? [new ChatMessage("system", system), .. messages] : messages;

    private ChatTemplateInput Input(IReadOnlyList<ChatMessage> messages, System.Text.Json.Nodes.JsonArray? tools, bool addGenerationPrompt) => new(messages)
    {
        Tools = tools,
        AddGenerationPrompt = addGenerationPrompt,
        SpecialTokens = _specialTokens,
        Variables = _options.Variables,
        Clock = _options.Clock,
    };

    private static DataProblem Problem(DatasetRow row, ProblemSeverity severity, string kind, string why, string fix) =>
        new(severity, kind, why, fix) { File = row.Source.File, Row = row.Source.Row, Line = row.Source.Line };
}
