using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>text-generation-webui's formats: the set of keys chooses the prompt.</summary>
internal sealed class TextgenKeysetRows : ISftRowsFile
{
    public string FileName => "textgen_keysets.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers) => UnbuiltRows.Of(path, file, null, "Keyed prompt formats");
}
