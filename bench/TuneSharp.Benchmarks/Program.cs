using System.Reflection;
using TuneSharp.Benchmarks;

// dotnet run -c Release --project bench/TuneSharp.Benchmarks -- NAME [options]
IBenchmark[] all =
[
    .. Assembly.GetExecutingAssembly().GetTypes()
        .Where(t => t is { IsClass: true, IsAbstract: false } && typeof(IBenchmark).IsAssignableFrom(t))
        .Select(t => (IBenchmark)Activator.CreateInstance(t)!)
        .OrderBy(b => b.Name, StringComparer.Ordinal),
];
IBenchmark? chosen = args.Length > 0 ? all.FirstOrDefault(b => b.Name == args[0]) : null;
if (chosen is not null)
{
    Console.WriteLine(Machine.Describe());
    return chosen.Run(args[1..]);
}
Console.WriteLine("Usage: TuneSharp.Benchmarks NAME [options]");
foreach (IBenchmark benchmark in all) Console.WriteLine($"  {benchmark.Name,-16} {benchmark.Description}");
return args.Length == 0 ? 0 : 2;
