using System.Diagnostics;
using System.Globalization;

namespace TuneSharp.Fuzz;

/// <summary>The long run: all readers or some, with progress, and what to type to see a failure again.</summary>
internal static class FuzzCommand
{
    public static int Run(string[] args)
    {
        int inputs = 200_000, from = 0;
        long seed = 1;
        var names = new List<string>();
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] is "--inputs" or "--seed" or "--from" && i + 1 < args.Length && long.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                if (args[i] == "--inputs") inputs = (int)number;
                else if (args[i] == "--from") from = (int)number;
                else seed = number;
                i++;
            }
            else if (ReaderCatalog.All.Any(reader => reader.Name == args[i])) names.Add(args[i]);
            else
            {
                Console.Error.WriteLine($"'{args[i]}' is no reader and no option. Readers: {string.Join(", ", ReaderCatalog.All.Select(reader => reader.Name))}. Options: --inputs N, --seed N, --from N.");
                return 2;
            }
        }

        int failed = 0;
        foreach (IFuzzedReader reader in ReaderCatalog.All.Where(reader => names.Count == 0 || names.Contains(reader.Name)))
        {
            var watch = Stopwatch.StartNew();
            using var loop = new FuzzLoop(reader, seed);
            Console.WriteLine($"{reader.Name}: {inputs} inputs from number {from}, seed {seed}. The input at work is {loop.InputPath}: if the process dies, it was this one.");
            FuzzFailure? failure = loop.Run(from, inputs, done =>
            {
                if (done % 20_000 == 0) Console.WriteLine($"  {done} of {inputs}, {watch.Elapsed.TotalSeconds * (inputs - done) / done:0} s left");
            });
            Console.WriteLine($"  {loop.Accepted} accepted, {loop.Refused} refused, {watch.Elapsed.TotalSeconds:0} s");
            if (failure is null) continue;
            failed++;
            string kept = Path.GetFullPath($"fuzz-{reader.Name}-{seed}-{failure.Number}{Path.GetExtension(loop.InputPath)}");
            File.WriteAllBytes(kept, failure.Input);
            Console.WriteLine($"  FAILED: {failure.What}\n  The input is kept as {kept}. Again: fuzz {reader.Name} --seed {seed} --from {failure.Number} --inputs 1");
        }
        return failed == 0 ? 0 : 1;
    }
}
