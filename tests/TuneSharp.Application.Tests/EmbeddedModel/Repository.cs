namespace TuneSharp.Application.Tests.EmbeddedModel;

/// <summary>Finds files of the repository that the tests stand in.</summary>
internal static class Repository
{
    public static string PathOf(params string[] parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TuneSharp.slnx")))
            folder = folder.Parent;
        folder.ShouldNotBeNull("The tests run inside the repository.");
        return Path.Combine([folder.FullName, .. parts]);
    }

    public static string Model => PathOf("models", "tunesharp-mini");
}
