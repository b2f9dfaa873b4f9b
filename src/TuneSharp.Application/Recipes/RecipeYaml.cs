using TuneSharp.Formats;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace TuneSharp.Application.Recipes;

/// <summary>
/// Reads the YAML of a recipe: one mapping. Anchors, aliases, tags and further documents are refused (a recipe needs none,
/// and a few lines of them can stand for gigabytes), so are double keys; nesting and size have limits.
/// </summary>
public static class RecipeYaml
{
    private const int MaxDepth = 8;
    private const int MaxBytes = 1 << 20;
    private const string Advice = "Often it is a missing space after the colon, a tab, or an indent.";

    public static RecipeMap Load(string path)
    {
        var file = new FileInfo(path);
        if (Directory.Exists(path)) throw new InvalidInputException("This is a folder; a recipe file was expected.", path);
        if (!file.Exists) throw new InvalidInputException("The recipe does not exist.", path, Near(path));
        if (file.Length > MaxBytes) throw new InvalidInputException($"The recipe has {file.Length} bytes; the limit is {MaxBytes}.", path, "Is this really a recipe?");
        return Parse(File.ReadAllText(path), path);
    }

    /// <param name="name">Name of the text in error messages.</param>
    public static RecipeMap Parse(string text, string name)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _)) return new RecipeMap([], name);
            parser.Consume<DocumentStart>();
            RecipeNode root = ReadNode(parser, name, 0);
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out _)) throw At(name, parser.Current!.Start, "A recipe has one YAML document; here begins a second one.");
            return root switch
            {
                RecipeMap map => map,
                RecipeScalar { IsNull: true } => new RecipeMap([], name),
                _ => throw new InvalidInputException($"A recipe consists of lines `key: value`; this is {root.Describe()}.", root.Where),
            };
        }
        catch (YamlException e)
        {
            throw At(name, e.Start, $"This is not valid YAML: {FirstLine(e.Message)}.", Advice);
        }
        catch (InvalidOperationException e)
        {
            // The reader's own way to say that brackets do not close.
            throw new InvalidInputException("This is not valid YAML: a bracket or quote is not closed.", $"{name}, line {text.Count(c => c == '\n') + 1}", Advice, e);
        }
    }

    private static RecipeNode ReadNode(Parser parser, string name, int depth)
    {
        ParsingEvent now = parser.Current ?? throw new InvalidInputException("The text ends too early.", name);
        if (depth > MaxDepth) throw At(name, now.Start, $"Values are nested deeper than {MaxDepth}.");
        if (now is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            throw At(name, now.Start, "Anchors (&) and aliases (*) are not read in recipes.", "Write the value out; a text that begins with & or * needs quotes.");
        if (now is NodeEvent { Tag.IsEmpty: false, Tag.IsNonSpecific: false })
            throw At(name, now.Start, "Tags (!) are not read in recipes.", "Remove it; a text that begins with ! needs quotes.");
        string where = Place(name, now.Start);
        if (parser.TryConsume<Scalar>(out Scalar? scalar)) return new RecipeScalar(scalar.Value, scalar.Style != ScalarStyle.Plain, where);
        if (parser.TryConsume<SequenceStart>(out SequenceStart? _))
        {
            var items = new List<RecipeNode>();
            while (!parser.TryConsume<SequenceEnd>(out SequenceEnd? _)) items.Add(ReadNode(parser, name, depth + 1));
            return new RecipeList(items, where);
        }

        parser.Consume<MappingStart>();
        var entries = new List<RecipeEntry>();
        var seen = new Dictionary<string, Mark>();
        while (!parser.TryConsume<MappingEnd>(out MappingEnd? _))
        {
            Mark start = parser.Current!.Start;
            if (ReadNode(parser, name, depth + 1) is not RecipeScalar key) throw At(name, start, "A key must be a word.");
            if (!seen.TryAdd(key.Text, start)) throw At(name, start, $"The key `{key.Text}` stands twice; first in line {seen[key.Text].Line}.", "Remove one of them.");
            entries.Add(new RecipeEntry(key.Text, ReadNode(parser, name, depth + 1), key.Where));
        }

        return new RecipeMap(entries, where);
    }

    private static string Place(string name, Mark mark) => $"{name}, line {mark.Line}, column {mark.Column}";

    private static InvalidInputException At(string name, Mark mark, string problem, string? nextStep = null) => new(problem, Place(name, mark), nextStep);

    private static string FirstLine(string message)
    {
        string line = message.Split('\n')[0].Trim().TrimEnd('.');

        // YamlDotNet puts the place first: "(Line: 2, Col: 5, Idx: 20) - (…): what".
        int colon = line.LastIndexOf("): ", StringComparison.Ordinal);
        return colon < 0 ? line : line[(colon + 3)..];
    }

    private static string? Near(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".";
        if (!Directory.Exists(folder)) return $"The folder {folder} does not exist either.";
        string? nearest = NearestName.Find(Path.GetFileName(path), Directory.EnumerateFiles(folder, "*.y*ml").Select(file => Path.GetFileName(file)));
        return nearest is null ? null : $"Did you mean '{nearest}'?";
    }
}
