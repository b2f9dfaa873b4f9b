using System.Text.Json;
using TuneSharp.Data.Rendering.Slots;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>How LLaMA-Factory shares a limit between prompt and answer.</summary>
internal sealed class InferSeqlenRows : ISftRowsFile
{
    public string FileName => "infer_seqlen.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers) => [new GoldenCase(file, () => SequenceLengths(path))];

    private static GoldenResult SequenceLengths(string path)
    {
        foreach (JsonElement entry in GoldenFixtures.ReadJson(path).EnumerateArray())
        {
            int[] kept = RecordedIds.Ids(entry.GetProperty("kept"));
            (int source, int target) = TurnTruncation.Keep(entry.GetProperty("source_len").GetInt32(), entry.GetProperty("target_len").GetInt32(), entry.GetProperty("cutoff_len").GetInt32());
            // The recorded numbers are what may be kept; a part that is shorter is kept whole.
            if ((source, target) != (kept[0], kept[1])) return GoldenResult.Equal(false, $"{entry.GetRawText()}: {source}, {target}");
        }
        return GoldenResult.Equal(true);
    }
}
