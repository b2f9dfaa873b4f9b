using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>Prompts of fixed wording, learned behind a marker.</summary>
internal sealed class FixedPromptRows : ISftRowsFile
{
    public string FileName => "fixed_prompts.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers) => UnbuiltRows.Of(path, file, "cases", "Fixed prompt formats");
}
