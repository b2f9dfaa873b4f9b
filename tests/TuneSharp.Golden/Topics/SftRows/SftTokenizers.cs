using System.Collections.Concurrent;
using TuneSharp.Formats;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>The tokenizers and chat templates that lie beside the rows, in the neighbouring topics' folders.</summary>
internal sealed class SftTokenizers(string sftRows)
{
    // A copy of one topic (the canary's) has no neighbours: those of the fixtures in use serve it.
    private readonly string _text = Directory.Exists(Path.Combine(sftRows, "..", "tokenizers")) ? Path.GetFullPath(Path.Combine(sftRows, "..")) : Path.Combine(GoldenFixtures.Root, "text");
    private readonly ConcurrentDictionary<string, Tokenizer?> _tokenizers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ChatTemplate> _templates = new(StringComparer.Ordinal);

    /// <summary>Null when it is of a kind that cannot be read (no tokenizer.json).</summary>
    public Tokenizer? Load(string name) => _tokenizers.GetOrAdd(name, n =>
    {
        string folder = Path.Combine(_text, "tokenizers", n);
        bool hasJson = File.Exists(Path.Combine(folder, "tokenizer.json")) || File.Exists(Path.Combine(folder, "tokenizer.json.gz"));
        string model = Path.Combine(folder, "tokenizer.model");
        if (!hasJson && !File.Exists(model) && !File.Exists(model + ".gz")) return null;
        string unpacked = Directory.CreateTempSubdirectory("tunesharp-golden-").FullName;
        try
        {
            foreach (string file in Directory.GetFiles(folder).Where(f => Path.GetFileName(f).StartsWith("tokenizer", StringComparison.Ordinal) || f.EndsWith("special_tokens_map.json", StringComparison.Ordinal)))
            {
                string plain = Path.GetFileName(file);
                if (plain.EndsWith(".gz", StringComparison.Ordinal)) plain = plain[..^3];
                if (plain.EndsWith(".json", StringComparison.Ordinal)) File.WriteAllText(Path.Combine(unpacked, plain), GoldenFixtures.ReadText(file));
            }
            if (!hasJson) File.WriteAllBytes(Path.Combine(unpacked, "tokenizer.model"), GoldenFixtures.ReadBytes(model));
            return Tokenizer.Load(unpacked);
        }
        catch (InvalidInputException)
        {
            return null;    // of a kind that is not read yet
        }
        finally
        {
            Directory.Delete(unpacked, recursive: true);
        }
    });

    /// <summary>The tokenizer's own template, or the one among all templates that renders the recorded text.</summary>
    public ChatTemplate? TemplateFor(string name, IReadOnlyList<ChatMessage> messages, string text)
    {
        if (_templates.TryGetValue(name, out ChatTemplate? known)) return known;
        string folder = Path.Combine(_text, "tokenizers", name);
        if (ChatTemplate.FromFolder(folder) is { } own) return _templates[name] = own;
        foreach (string file in Directory.GetFiles(Path.Combine(_text, "chat_templates", "templates"), "*.jinja").Order(StringComparer.Ordinal))
        {
            try
            {
                var template = ChatTemplate.Parse(File.ReadAllText(file), file);
                if (template.Render(new ChatTemplateInput(messages) { SpecialTokens = Load(name)!.SpecialTokens.All }).Text == text) return _templates[name] = template;
            }
            catch (ChatTemplateException)
            {
                // Not this one.
            }
        }
        return null;
    }
}
