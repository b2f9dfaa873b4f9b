using TuneSharp.Golden.Harness;
using Xunit.MicrosoftTestingPlatform;

namespace TuneSharp.Golden;

/// <summary>
/// <c>TuneSharp.Golden golden [topic …] [--update-tally]</c> runs recorded cases to their end; every other call is an
/// ordinary test run of the quick ones.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args.FirstOrDefault() != "golden") return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
        bool updateTally = args.Contains("--update-tally");
        return GoldenRun.RunAll([.. args.Skip(1).Where(a => !a.StartsWith("--", StringComparison.Ordinal))], updateTally);
    }
}
