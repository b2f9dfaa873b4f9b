using Xunit.MicrosoftTestingPlatform;

namespace TuneSharp.Fuzz;

/// <summary>
/// <c>TuneSharp.Fuzz.Tests fuzz [reader …] [--inputs 200000] [--seed 1] [--from 0]</c> reads damaged files until told to stop;
/// every other call is an ordinary test run of a few thousand.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args) =>
        args.FirstOrDefault() == "fuzz" ? FuzzCommand.Run(args[1..]) : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
