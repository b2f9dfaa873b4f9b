using System.Text.Json;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>Cases that are found and never agree, because their part of the program does not exist yet.</summary>
internal static class UnbuiltRows
{
    /// <param name="listKey">Key of the list that holds the cases of an entry; null: an entry is a case.</param>
    public static IEnumerable<GoldenCase> Of(string path, string file, string? listKey, string part)
    {
        int number = 0;
        foreach (JsonElement entry in GoldenFixtures.ReadJson(path).EnumerateArray())
        {
            int inner = listKey is null ? 1 : entry.GetProperty(listKey).GetArrayLength();
            for (int i = 0; i < inner; i++) yield return new GoldenCase($"{file}/{number}/{i}", () => GoldenResult.NotBuilt(part));
            number++;
        }
    }
}
