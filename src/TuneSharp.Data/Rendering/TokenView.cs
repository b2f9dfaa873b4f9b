using System.Text;
using TuneSharp.Tokenizers;

namespace TuneSharp.Data.Rendering;

/// <summary>One token of a row as a person looks at it.</summary>
/// <param name="Position">From 0.</param>
/// <param name="Id">Token id.</param>
/// <param name="Token">The vocabulary's spelling.</param>
/// <param name="Text">The text it stands for, with line breaks and control characters made visible.</param>
/// <param name="IsLearned">It is trained on; otherwise it is context.</param>
public sealed record ViewedToken(int Position, int Id, string Token, string Text, bool IsLearned);

/// <summary>Every token of an example with its label: what <c>data show</c> prints.</summary>
public static class TokenView
{
    public static IReadOnlyList<ViewedToken> Of(TrainingExample example, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(example);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var tokens = new List<ViewedToken>(example.Length);
        for (int t = 0; t < example.Length; t++)
        {
            int id = example.InputIds[t];
            tokens.Add(new ViewedToken(t, id, tokenizer.IdToToken(id) ?? "?", Visible(tokenizer.Decode([id], skipSpecialTokens: false)),
                example.Labels[t] != TrainingExample.Ignored && t > 0));
        }
        return tokens;
    }

    private static string Visible(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            shown.Append(rune.Value switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when Rune.IsControl(rune) => $"\\u{rune.Value:x4}",
                _ => rune.ToString(),
            });
        }
        return shown.ToString();
    }
}
