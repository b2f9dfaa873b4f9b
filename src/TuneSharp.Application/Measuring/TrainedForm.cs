using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Models;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Data;
using TuneSharp.Data.RowFormats;

namespace TuneSharp.Application.Measuring;

/// <summary>
/// A tuned model is asked as it was taught: what the person leaves open of the form (system text, prompt format, template) is
/// taken from the run whose result it is.
/// </summary>
public static class TrainedForm
{
    /// <summary>The data settings of the run whose result the model or adapter is; null if it is none, or one of pre-training.</summary>
    public static (RunFolder Run, DataSettings Data)? Of(ModelReference reference)
    {
        if (MeasuredRun.Of(reference) is not { } run || RunStatus.Read(run).Kind != RunKind.FineTune) return null;
        return (run, RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Load(run.ResolvedRecipe), []).Request.Data);
    }

    /// <param name="given">What the person says; it wins.</param>
    /// <param name="trained">What the run was trained with.</param>
    /// <returns>Both together, and the keys that came from the run.</returns>
    public static (DataSettings Data, IReadOnlyList<string> Keys) Fill(DataSettings given, DataSettings trained)
    {
        var keys = new List<string>();
        DataSettings filled = given;
        if (trained.Task == TrainingTask.Classification)
        {
            filled = filled with { Task = TrainingTask.Classification };
            if (given.TextColumn is null && trained.TextColumn is not null) Take("text_column", filled with { TextColumn = trained.TextColumn });
            if (given.TextPairColumn is null && trained.TextPairColumn is not null) Take("text_pair_column", filled with { TextPairColumn = trained.TextPairColumn });
            if (given.LabelColumn is null && trained.LabelColumn is not null) Take("label_column", filled with { LabelColumn = trained.LabelColumn });
            if (given.LabelSeparator is null && trained.LabelSeparator is not null) Take("label_separator", filled with { LabelSeparator = trained.LabelSeparator });
            if (given.MaxLength is null && trained.MaxLength is not null) Take("max_length", filled with { MaxLength = trained.MaxLength, OverlongRows = trained.OverlongRows });
            return (filled, keys);
        }
        if (given.System is null && trained.System is not null) Take("system", filled with { System = trained.System });
        if (given.Template is null && trained.Template is not null) Take("template", filled with { Template = trained.Template });
        if (given is { TrainOnlyAfter: null, ResponseTemplate: null } && trained.TrainOnlyAfter is not null) Take("train_only_after", filled with { TrainOnlyAfter = trained.TrainOnlyAfter });
        // A prompt format belongs to columns: rows whose form is named or found otherwise do not need it.
        bool open = given is { Format: RowFormatCatalog.Auto, PromptFormat: null, AnswerColumn: null, TextColumn: null };
        if (open && trained.PromptFormat is not null) Take("prompt_format", filled with { PromptFormat = trained.PromptFormat, AnswerColumn = trained.AnswerColumn });
        else if (open && trained.TextColumn is not null) Take("text_column", filled with { TextColumn = trained.TextColumn });
        return (filled, keys);

        void Take(string key, DataSettings with)
        {
            keys.Add(key);
            filled = with;
        }
    }
}
