namespace TuneSharp.Tokenizers;

/// <summary>
/// Decodes tokens as they come and never hands out part of a character: what ends in U+FFFD is held back until more tokens
/// settle it. All texts in a row equal <see cref="Tokenizer.Decode"/> of all ids. Not for several threads at once.
/// </summary>
public sealed class StreamingDecoder
{
    private const int LongestWindow = 4096;

    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly List<int> _window = []; // the tokens that the next text can still depend on
    private bool _continued;                 // tokens have left the window
    private int _shown;                      // characters (code points) of the window's text that were handed out

    internal StreamingDecoder(Tokenizer tokenizer, bool skipSpecialTokens)
    {
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
    }

    /// <summary>Takes the next token. Returns the text that it completes, null while there is none.</summary>
    public string? Push(int id)
    {
        _window.Add(id);
        string text = WindowText();
        if (text.EndsWith('\uFFFD') && _window.Count < LongestWindow) return null;
        string? added = TextBehind(text, _shown);
        if (added is null) return null;
        ShortenWindow();
        return added;
    }

    /// <summary>The text that is left when no token follows; empty if there is none. The decoder can be used anew afterwards.</summary>
    public string Finish()
    {
        string rest = _window.Count == 0 ? "" : TextBehind(WindowText(), _shown) ?? "";
        _window.Clear();
        _continued = false;
        _shown = 0;
        return rest;
    }

    private string WindowText() =>
        _tokenizer.DecodePart(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_window), _skipSpecialTokens, _continued);

    /// <summary>Keeps one token, which the next one's text may depend on, and a run of byte tokens as a whole.</summary>
    private void ShortenWindow()
    {
        int keepFrom = _window.Count - 1;
        if (_window.Count < LongestWindow)
            while (keepFrom > 0 && _tokenizer.JoinsWithNext(_window[keepFrom])) keepFrom--;
        if (keepFrom > 0)
        {
            _window.RemoveRange(0, keepFrom);
            _continued = true;
        }
        _shown = CountCharacters(WindowText());
    }

    private static string? TextBehind(string text, int characters)
    {
        int at = 0;
        for (; characters > 0 && at < text.Length; characters--) at += char.IsSurrogatePair(text, at) ? 2 : 1;
        return at < text.Length ? text[at..] : null;
    }

    private static int CountCharacters(string text)
    {
        int count = 0;
        for (int at = 0; at < text.Length; at += char.IsSurrogatePair(text, at) ? 2 : 1) count++;
        return count;
    }
}
