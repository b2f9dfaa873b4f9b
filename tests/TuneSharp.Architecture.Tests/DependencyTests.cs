namespace TuneSharp.Architecture.Tests;

/// <summary>Dependencies point down only: the picture of docs/architecture.md, held by a test.</summary>
public sealed class DependencyTests
{
    // Floor 0 is the ground. A project may reference lower floors only, never its own.
    private static readonly string[][] Floors =
    [
        ["Formats", "Kernels"],
        ["Nn", "Tokenizers"],
        ["Peft", "Models", "Data"],
        ["Training", "Inference", "Evaluation"],
        ["Application"],
        ["Server", "Studio"],
        ["Cli"],
    ];

    [Fact]
    public void Every_project_has_a_floor()
    {
        Repository.References.Keys.Except(Floors.SelectMany(f => f)).ShouldBeEmpty("a new project is drawn in docs/architecture.md and gets its floor here");
    }

    [Fact]
    public void References_point_down()
    {
        var wrong = from project in Repository.References
                    from reference in project.Value
                    where Floor(reference) >= Floor(project.Key)
                    select $"{project.Key} (floor {Floor(project.Key)}) references {reference} (floor {Floor(reference)})";
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Torch_is_known_above_Nn_only()
    {
        foreach (string project in (string[])["Formats", "Kernels", "Tokenizers", "Data"])
        {
            IEnumerable<string> users = Repository.SourceFiles(Path.Combine("src", "TuneSharp." + project)).Where(f => File.ReadAllText(f).Contains("TorchSharp", StringComparison.Ordinal));
            users.ShouldBeEmpty(project + " knows nothing of torch");
        }
    }

    [Fact]
    public void Hosts_use_cases_only()
    {
        string[] below = ["TuneSharp.Nn", "TuneSharp.Peft", "TorchSharp"];
        IEnumerable<string> users = Repository.SourceFiles(Path.Combine("src", "TuneSharp.Cli"))
            .Where(f => below.Any(b => File.ReadAllText(f).Contains("using " + b, StringComparison.Ordinal)));
        users.ShouldBeEmpty("the command line parses and renders; what it does is a use case of Application");
    }

    private static int Floor(string project) => Array.FindIndex(Floors, f => f.Contains(project));
}
