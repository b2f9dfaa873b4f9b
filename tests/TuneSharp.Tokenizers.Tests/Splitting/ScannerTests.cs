using TuneSharp.Tokenizers.Splitting;
using TuneSharp.Tokenizers.Splitting.Regexes;

namespace TuneSharp.Tokenizers.Tests.Splitting;

public sealed class ScannerTests
{
    public static TheoryData<string> Patterns() => [.. PieceScanner.Known.Select(scanner => scanner.Pattern)];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void A_scanner_gives_the_pieces_of_its_pattern(string pattern)
    {
        PieceScanner scanner = PieceScanner.For(pattern)!;
        Regex regex = Regex.Parse(pattern, "test");
        var random = new Random(1);
        for (int i = 0; i < 8_000; i++) Compare(scanner, regex, RandomText.Next(random));
        for (int codePoint = 0; codePoint < 0x110000; codePoint += codePoint < 0x3000 ? 1 : 61)
            if (System.Text.Rune.TryCreate(codePoint, out System.Text.Rune rune)) Compare(scanner, regex, $"a{rune}b {rune}1{rune}{rune}\n {rune}");
    }

    private static void Compare(PieceScanner scanner, Regex regex, string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var ends = new IntList();
        scanner.Split(bytes, ends);
        var matches = new List<TextSpan>();
        regex.FindMatches(bytes, matches, new TuneSharp.Tokenizers.Text.TextBudget(bytes.Length));
        int[] expected = [.. matches.Select(match => match.End)];
        if (!ends.Items.SequenceEqual(expected)) ends.Items.ToArray().ShouldBe(expected, System.Text.Json.JsonSerializer.Serialize(text));
    }
}
