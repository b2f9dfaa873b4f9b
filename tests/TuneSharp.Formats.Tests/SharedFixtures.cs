namespace TuneSharp.Formats.Tests;

/// <summary>The golden data beside the repository (environment variable TUNESHARP_FIXTURES); tests that need them are skipped without.</summary>
internal static class SharedFixtures
{
    public static string Folder(string below)
    {
        string? root = Environment.GetEnvironmentVariable("TUNESHARP_FIXTURES");
        if (root is null) Assert.Skip("TUNESHARP_FIXTURES is not set.");
        string folder = Path.Combine(root, below);
        if (!Directory.Exists(folder)) Assert.Skip($"{folder} does not exist.");
        return folder;
    }
}
