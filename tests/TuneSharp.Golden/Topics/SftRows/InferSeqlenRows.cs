using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>How LLaMA-Factory shares a limit between prompt and answer.</summary>
internal sealed class InferSeqlenRows : ISftRowsFile
{
    public string FileName => "infer_seqlen.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers) => [new GoldenCase(file, () => GoldenResult.NotBuilt("Sharing a length limit"))];
}
