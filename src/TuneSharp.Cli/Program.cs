using TuneSharp.Application.Runs;
using TuneSharp.Application.Workers;
using TuneSharp.Cli;
using TuneSharp.Cli.Terminals;
using TuneSharp.Cli.Texts;

// The process: everything that belongs to it (console, environment, clock) is read here and handed on.
Terminal terminal = Terminal.OfProcess(Environment.GetEnvironmentVariable);
var host = new CommandHost(terminal, Wording.For(args, Environment.GetEnvironmentVariable), TimeProvider.System, new SystemProcessTable(),
    WorkerProgram.Own(typeof(CommandLine).Assembly.Location), Environment.GetEnvironmentVariable);
return await CommandLine.RunAsync(host, args);
