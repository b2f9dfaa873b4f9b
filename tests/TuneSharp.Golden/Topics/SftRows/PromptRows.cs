using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>Wording of well-known prompts.</summary>
internal sealed class PromptRows : ISftRowsFile
{
    public string FileName => "prompts.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers) => [new GoldenCase(file, () => GoldenResult.NotBuilt("Prompt texts"))];
}
