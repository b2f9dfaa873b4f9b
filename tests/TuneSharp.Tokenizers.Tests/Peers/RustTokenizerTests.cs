using Peer = Tokenizers.DotNet.Tokenizer;

namespace TuneSharp.Tokenizers.Tests.Peers;

/// <summary>
/// The Rust library itself, through its .NET wrapper, on random strings of all kinds of characters: the same ids for every
/// tokenizer.json at hand (the embedded model's, and those that <c>TUNESHARP_FIXTURES</c> holds). Skipped where the wrapper's
/// native part cannot be loaded.
/// </summary>
public sealed class RustTokenizerTests
{
    private const string Folder = "text/tokenizers";

    [Fact]
    public void The_same_ids_on_random_strings() => Compare(2000, ["qwen2.5"]);

    [Fact(Explicit = true)]
    public void The_same_ids_on_100_000_random_strings_of_every_tokenizer() => Compare(100_000, ["qwen2.5", "llama3.1", "llama2", "smollm2"]);

    private static void Compare(int count, string[] names)
    {
        string temporary = Directory.CreateTempSubdirectory("tunesharp-peer-").FullName;
        try
        {
            foreach (string file in Files(names, temporary))
            {
                Tokenizer own = Tokenizer.Load(file);
                Peer peer = Open(file);
                var random = new Random(7);
                for (int i = 0; i < count; i++)
                {
                    string text = RandomText.Next(random);
                    own.EncodeIds(text, addSpecialTokens: true).ShouldBe(Array.ConvertAll(peer.Encode(text), id => (int)id), $"{file}, string {i}: {System.Text.Json.JsonSerializer.Serialize(text)}");
                }
            }
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static Peer Open(string file)
    {
        try
        {
            return new Peer(vocabPath: file);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException)
        {
            Assert.Skip("The native part of Tokenizers.DotNet cannot be loaded: " + e.Message);
            throw;
        }
    }

    private static IEnumerable<string> Files(string[] names, string temporary)
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "TuneSharp.slnx"))) at = at.Parent;
        yield return Path.Combine(at!.FullName, "models", "tunesharp-mini", "tokenizer.json");
        if (Environment.GetEnvironmentVariable("TUNESHARP_FIXTURES") is not { Length: > 0 } root) yield break;
        foreach (string name in names)
        {
            string packed = Path.Combine(root, Folder, name, "tokenizer.json.gz");
            if (!File.Exists(packed)) continue;
            string file = Path.Combine(temporary, name + ".json");
            using (var from = new System.IO.Compression.GZipStream(File.OpenRead(packed), System.IO.Compression.CompressionMode.Decompress))
            using (FileStream to = File.Create(file)) from.CopyTo(to);
            yield return file;
        }
    }
}
