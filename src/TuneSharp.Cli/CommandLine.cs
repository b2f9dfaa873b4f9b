using System.CommandLine;
using System.CommandLine.Help;
using TuneSharp.Application.Runs;
using TuneSharp.Cli.Commands;
using TuneSharp.Cli.Help;
using TuneSharp.Cli.Texts;
using TuneSharp.Formats;

namespace TuneSharp.Cli;

/// <summary>The tree of commands, and what becomes of errors: one sentence on the error stream and an exit code.</summary>
public static class CommandLine
{
    public static async Task<int> RunAsync(CommandHost host, IReadOnlyList<string> arguments)
    {
        GlobalOptions global = new(host.Words);
        RootCommand root = Build(host, global);
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Action is HelpPage help) return help.Invoke(parsed);
        if (parsed.Errors.Count > 0) return UsageError(host, parsed);
        try
        {
            // Signals and exceptions are handled here and in the commands, not by the parser.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = host.Terminal.Out, Error = host.Terminal.Error });
        }
        catch (InvalidInputException e)
        {
            host.Terminal.Error.WriteLine(host.Words.Say(CommonTexts.Error, e));
            return ExitCode.BadInput;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e)
        {
            return Defect(host, global.HomeOf(parsed, host), e);
        }
    }

    private static RootCommand Build(CommandHost host, GlobalOptions global)
    {
        Wording words = host.Words;
        var root = new RootCommand($"{words[HelpTexts.Root]}\n{words[HelpTexts.Start]}\n\n{words[HelpTexts.ExitCodes]}");
        var page = new HelpPage(host.Terminal, words);
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        root.Add(new HelpOption("--help", "-h") { Action = page, Description = words[HelpTexts.Help] });
        root.Options.OfType<VersionOption>().Single().Description = words[HelpTexts.Version];

        root.Add(global.Home);
        root.Add(global.Lang);
        foreach (Command command in (Command[])
                 [
                     QuickstartCommand.Create(host, global), TrainCommand.Create(host, global), ResumeCommand.Create(host, global), RunsCommand.Create(host, global),
                     PretrainCommand.Create(host, global), EvalCommand.Create(host, global), ClassifyCommand.Create(host, global), CompareCommand.Create(host, global), ChatCommand.Create(host, global), MergeCommand.Create(host, global),
                     AdapterCommand.Create(host, global), ModelCommand.Create(host, global), MethodsCommand.Create(host, global), PlanCommand.Create(host, global), DataCommand.Create(host, global), DoctorCommand.Create(host, global), SettingsCommand.Create(host), WorkerCommand.Create(host),
                 ])
        {
            root.Add(command);
        }

        root.SetAction(_ =>
        {
            page.Write(root);
            return ExitCode.Success;
        });
        return root;
    }

    private static int UsageError(CommandHost host, ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0 && command.Action is null)
        {
            new HelpPage(host.Terminal, host.Words).Write(command);
            return ExitCode.BadInput;
        }

        string? unknown = parsed.UnmatchedTokens is [var first, ..] ? first : null;
        string message = parsed.Errors[0].Message;
        if (unknown is not null)
        {
            IEnumerable<string> names = unknown.StartsWith('-') ? command.Options.Where(o => !o.Hidden).Select(o => o.Name) : command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name);
            string? nearest = Application.NearestName.Find(unknown, names);
            message = nearest is null ? host.Words.Say(CommonTexts.UnknownToken, unknown) : host.Words.Say(CommonTexts.UnknownTokenNear, unknown, nearest);
        }

        host.Terminal.Error.WriteLine(host.Words.Say(CommonTexts.Error, message));
        string path = string.Join(' ', command.Parents.OfType<Command>().Where(parent => parent is not RootCommand).Select(parent => parent.Name).Append(command.Name));
        host.Terminal.Error.WriteLine(host.Words.Say(CommonTexts.SeeHelp, command is RootCommand ? "tunesharp --help" : $"tunesharp {path} --help"));
        return ExitCode.BadInput;
    }

    /// <summary>What nobody expected: one sentence for the person, the details into a file.</summary>
    private static int Defect(CommandHost host, HomeFolder home, Exception e)
    {
        string log = Path.Combine(home.Path, "errors.log");
        try
        {
            Directory.CreateDirectory(home.Path);
            File.AppendAllText(log, $"{host.Clock.GetUtcNow():u} tunesharp {typeof(CommandLine).Assembly.GetName().Version}\n{e}\n\n");
            host.Terminal.Error.WriteLine(host.Words.Say(CommonTexts.Defect, e.Message, log));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            host.Terminal.Error.WriteLine(e.ToString()); // there is no place for a log: better long than lost
        }

        return ExitCode.Failed;
    }
}
