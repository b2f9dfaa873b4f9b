using System.Security.Cryptography;
using System.Text.Json;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats.Files;

namespace TuneSharp.Data.Preparation;

/// <summary>A name for a prepared dataset that changes with everything that it depends on: content of the files, settings, tokenizer, template, layout.</summary>
internal static class CacheKey
{
    /// <summary>Changes with every build whose code differs: what another version of the program would read or render otherwise is made anew.</summary>
    private static readonly string s_program = string.Join(' ', new[] { typeof(CacheKey), typeof(Tokenizers.Tokenizer), typeof(RegularFile) }.Select(type => type.Module.ModuleVersionId));

    public static string Of(DataSettings settings, DatasetFiles files, ExampleRenderer renderer, int context, long seed, string textHash)
    {
        var parts = new Dictionary<string, string>
        {
            ["program"] = s_program,
            ["settings"] = JsonSerializer.Serialize(settings),
            ["seed"] = $"{settings.SplitSeed ?? seed}",
            ["context"] = $"{context}",
            ["text"] = textHash,
            ["renderer"] = renderer.Identity,
        };
        foreach (string path in PreparedFolder.PathsOf(files)) parts[Path.GetFullPath(path)] = HashOf(path);
        if (settings.Template is { } template && Prompts.PromptTemplate.IsPath(template)) parts[Path.GetFullPath(template)] = HashOf(template);
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts)))[..32];
    }

    private static string HashOf(string path)
    {
        using FileStream stream = RegularFile.OpenStream(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
