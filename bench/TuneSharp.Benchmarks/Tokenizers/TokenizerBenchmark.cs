using System.IO.Compression;
using System.Text.Json;
using TuneSharp.Tokenizers;

namespace TuneSharp.Benchmarks.Tokenizers;

/// <summary>
/// Megabytes of UTF-8 per second of processor time: ids only with an empty and with a warm piece cache, with offsets, decoding; load time;
/// the worst texts. Tokenizers and texts come from the recorded data (TUNESHARP_FIXTURES).
/// </summary>
public sealed class TokenizerBenchmark : IBenchmark
{
    private static readonly string[] s_names = ["qwen2.5", "llama3.1", "smollm2", "llama2"];

    public string Name => "tokenizers";

    public string Description => "encode and decode, MB/s on one core; load time; worst texts [NAME …]";

    public int Run(string[] args)
    {
        string? fixtures = Environment.GetEnvironmentVariable("TUNESHARP_FIXTURES");
        string folder = Path.Combine(fixtures ?? "", "text", "tokenizers");
        if (fixtures is null || !Directory.Exists(folder))
        {
            Console.WriteLine("Set TUNESHARP_FIXTURES to the folder of recorded data.");
            return 2;
        }
        List<string> rows = [.. Texts(folder)];
        string english = Join(rows.Where(t => t.Count(char.IsAscii) > 0.98 * t.Length && !LooksLikeCode(t)));
        string code = Join(rows.Where(t => t.Count(char.IsAscii) > 0.9 * t.Length && LooksLikeCode(t)));
        string chinese = Join(rows.Where(t => t.Count(c => c is >= '\u4E00' and <= '\u9FFF') > 0.6 * t.Length));
        foreach (string name in args.Length > 0 ? args : s_names)
        {
            (Tokenizer tokenizer, double load) = Load(Path.Combine(folder, name));
            Console.WriteLine($"{name}: load {load:F0} ms");
            foreach ((string label, string text) in new[] { ("English", english), ("code", code), ("Chinese", chinese) }) Measure(tokenizer, label, text);
            foreach ((string label, string text) in WorstTexts())
            {
                int count = 0;
                double seconds = Seconds(() => count = tokenizer.EncodeIds(text).Length, 0);
                Console.WriteLine($"  worst, {label}: {1000 * seconds:F0} ms for {System.Text.Encoding.UTF8.GetByteCount(text) / 1e6:F1} MB, {count} tokens");
            }
        }
        return 0;
    }

    private static void Measure(Tokenizer tokenizer, string label, string text)
    {
        double megabytes = System.Text.Encoding.UTF8.GetByteCount(text) / 1e6;
        string[] documents = [.. text.Chunk(4096).Select(chunk => new string(chunk))];
        Seconds(() => EncodeAll(tokenizer, documents), 0.5);
        tokenizer.ForgetPieces();
        double cold = Seconds(() => EncodeAll(tokenizer, documents), 0);
        double warm = Seconds(() => EncodeAll(tokenizer, documents), 0.5);
        double offsets = Seconds(() => { foreach (string document in documents) tokenizer.Encode(document); }, 0.5);
        int[] ids = tokenizer.EncodeIds(text);
        double decode = Seconds(() => tokenizer.Decode(ids), 0.3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int tokens = EncodeAll(tokenizer, documents);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before - 4L * tokens;
        Console.WriteLine(
            $"  {label,-8} {megabytes:F2} MB: ids {megabytes / warm:F0} MB/s warm, {megabytes / cold:F0} with an empty cache; with offsets {megabytes / offsets:F0}; " +
            $"decode {megabytes / decode:F0}; {System.Text.Encoding.UTF8.GetByteCount(text) / (double)ids.Length:F2} bytes a token; {allocated / documents.Length} bytes allocated a call beyond the ids");
    }

    private static int EncodeAll(Tokenizer tokenizer, string[] documents)
    {
        int count = 0;
        foreach (string document in documents) count += tokenizer.EncodeIds(document).Length;
        return count;
    }

    /// <summary>Processor seconds of one round, on average over at least the given time: a busy machine does not count.</summary>
    private static double Seconds(Action action, double forSeconds)
    {
        TimeSpan start = Environment.CpuUsage.UserTime;
        int rounds = 0;
        double spent;
        do
        {
            action();
            rounds++;
            spent = (Environment.CpuUsage.UserTime - start).TotalSeconds;
        }
        while (spent < forSeconds);
        return spent / rounds;
    }

    private static (Tokenizer Tokenizer, double Milliseconds) Load(string folder)
    {
        string copy = Directory.CreateTempSubdirectory("tunesharp-bench-").FullName;
        try
        {
            foreach (string file in Directory.GetFiles(folder, "tokenizer*.json*"))
                File.WriteAllText(Path.Combine(copy, Path.GetFileName(file).Replace(".gz", "", StringComparison.Ordinal)), ReadText(file));
            Tokenizer tokenizer = Tokenizer.Load(copy);
            return (tokenizer, 1000 * Seconds(() => tokenizer = Tokenizer.Load(copy), 0.5));
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static IEnumerable<string> Texts(string folder)
    {
        foreach (string corpus in Directory.GetFiles(Path.Combine(folder, "trained"), "corpus*.jsonl.gz"))
            foreach (string line in ReadText(corpus).Split('\n'))
                if (line.Length > 0) yield return JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!;
        foreach (string golden in Directory.GetFiles(folder, "golden.json.gz", SearchOption.AllDirectories))
            foreach (JsonElement entry in JsonDocument.Parse(ReadText(golden)).RootElement.GetProperty("cases").EnumerateArray())
                yield return entry.GetProperty("text").GetString()!;
    }

    private static string Join(IEnumerable<string> texts) => string.Join('\n', texts.Distinct(StringComparer.Ordinal));

    private static bool LooksLikeCode(string text) => text.Contains("    ", StringComparison.Ordinal) || text.Contains("();", StringComparison.Ordinal);

    private static IEnumerable<(string Label, string Text)> WorstTexts()
    {
        yield return ("one letter", new string('a', 1_000_000));
        yield return ("base64", Convert.ToBase64String(RandomBytes(750_000)));
        var cjk = new Random(1);
        yield return ("CJK", string.Concat(Enumerable.Range(0, 333_000).Select(_ => (char)cjk.Next(0x4E00, 0x9FA5))));
    }

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static string ReadText(string path)
    {
        using Stream file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
