using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>LLaMA-Factory's slot templates: each slot is tokenized by itself.</summary>
internal sealed class LlamaFactoryRows : ISftRowsFile
{
    public string FileName => "llama_factory.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers) => UnbuiltRows.Of(path, file, "cases", "LLaMA-Factory's slot templates");
}
