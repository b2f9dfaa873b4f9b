using TuneSharp.Data.Corpus.Grammars;
using TuneSharp.Formats;

namespace TuneSharp.Data.Corpus.SmallWorld;

/// <summary>One language of the small world: its grammar, its word forms and the pieces written by hand.</summary>
internal sealed class SmallWorldLanguage
{
    private SmallWorldLanguage(string name, Grammar grammar, Morphology morphology)
    {
        (Grammar, Morphology) = (grammar, morphology);
        HandWritten = [.. Resource($"{name}.hand-written.txt").Split("\n\n\n", StringSplitOptions.RemoveEmptyEntries).Select(p => p.Trim('\n'))];
    }

    public Grammar Grammar { get; }

    public Morphology Morphology { get; }

    /// <summary>The pieces of the file <c>….hand-written.txt</c>, which stand apart by two empty lines.</summary>
    public IReadOnlyList<string> HandWritten { get; }

    /// <param name="extra">The names of further grammar texts that are read after the corpus' own.</param>
    public static SmallWorldLanguage English(params string[] extra)
    {
        var grammar = Read("English", extra);
        return new SmallWorldLanguage("English", grammar, new EnglishMorphology(grammar));
    }

    /// <inheritdoc cref="English"/>
    public static SmallWorldLanguage Chinese(params string[] extra)
    {
        var grammar = Read("Chinese", extra);
        return new SmallWorldLanguage("Chinese", grammar, new ChineseMorphology(grammar));
    }

    private static Grammar Read(string name, string[] extra)
    {
        string[] files = [$"{name}.words.txt", $"{name}.passages.txt", $"{name}.stories.txt", $"{name}.chat.txt", .. extra];
        return Grammar.Parse(files.Select(file => (file, Resource(file))));
    }

    // Line ends are made the same on every machine: a checkout may have changed them.
    private static string Resource(string file)
    {
        using var stream = typeof(SmallWorldLanguage).Assembly.GetManifestResourceStream("corpus/" + file)
            ?? throw new InvalidInputException($"The program lacks its embedded text '{file}'.");
        using var reader = new StreamReader(stream, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        return reader.ReadToEnd().Replace("\r\n", "\n");
    }
}
