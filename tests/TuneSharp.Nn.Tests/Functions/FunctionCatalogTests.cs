using System.Reflection;

namespace TuneSharp.Nn.Tests.Functions;

/// <summary>No function without a plain reference and a spec.</summary>
public sealed class FunctionCatalogTests
{
    private static readonly Type[] Functions = [.. typeof(Tape).Assembly.GetTypes().Where(t => t is { IsAbstract: true, IsSealed: true, IsPublic: true } && t.Name.EndsWith("Function", StringComparison.Ordinal))];

    [Fact]
    public void Every_function_has_a_reference()
    {
        Functions.Length.ShouldBeGreaterThanOrEqualTo(9);

        // Torch is its own reference: the graph that it is given.
        Functions.Where(f => f != typeof(TorchFunction) && f.GetMethod("Reference", BindingFlags.Static | BindingFlags.NonPublic) is null).Select(f => f.Name).ShouldBeEmpty();
    }

    [Fact]
    public void Every_function_has_a_spec_or_tests_of_its_own()
    {
        string[] specs = [.. FunctionSpecs.All().Select(spec => spec.Name)];
        foreach (Type function in Functions)
        {
            string name = function.Name[..^"Function".Length];
            bool covered = specs.Any(spec => spec.StartsWith(name, StringComparison.Ordinal)) || typeof(FunctionCatalogTests).Assembly.GetType($"{typeof(FunctionCatalogTests).Namespace}.{name}Tests") is not null;
            covered.ShouldBeTrue(name);
        }
    }
}
