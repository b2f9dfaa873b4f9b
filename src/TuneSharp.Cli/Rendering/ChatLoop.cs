using System.Runtime.InteropServices;
using TuneSharp.Application.Chatting;
using TuneSharp.Cli.Texts;
using TuneSharp.Formats;

namespace TuneSharp.Cli.Rendering;

/// <summary>Reads questions and commands, streams answers. With a keyboard there is a prompt; with a pipe only answers are written.</summary>
internal sealed class ChatLoop(CommandHost host, ChatSession session)
{
    public void Run(string name, CancellationToken cancellation)
    {
        if (host.Terminal.HasKeyboard) host.Line(ChatTexts.Welcome, name);
        while (!cancellation.IsCancellationRequested)
        {
            if (host.Terminal.HasKeyboard) host.Terminal.Out.Write("> ");
            if (host.Terminal.In.ReadLine() is not { } line) break;
            string text = line.Trim();
            if (text.Length == 0) continue;
            if (text is "/exit" or "/quit") break;
            try
            {
                if (text[0] == '/') Obey(text);
                else Answer(text, cancellation);
            }
            catch (InvalidInputException e) when (host.Terminal.HasKeyboard)
            {
                // A person can go on; a script ends with the error.
                host.Terminal.Error.WriteLine(host.Words.Say(CommonTexts.Error, e.Message));
            }
        }
    }

    private void Answer(string question, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true; // ends the answer, not the chat
            ended.Cancel();
        });
        session.Ask(question, piece => host.Terminal.Out.Write(EvaluationTable.Plain(piece)), ended.Token);
        host.Terminal.Out.WriteLine();
    }

    private void Obey(string line)
    {
        string[] parts = line.Split(' ', 2, StringSplitOptions.TrimEntries);
        string rest = parts.Length == 2 ? parts[1] : "";
        switch (parts[0])
        {
            case "/base":
                session.UseAdapter(tuned: false);
                host.Line(ChatTexts.Base);
                break;
            case "/tuned":
                session.UseAdapter(tuned: true);
                host.Line(ChatTexts.Tuned);
                break;
            case "/save" when rest.Length > 0:
                session.Save(rest);
                host.Line(ChatTexts.Saved, Path.GetFullPath(rest));
                break;
            case "/save":
                host.Line(ChatTexts.SaveNeedsName);
                break;
            case "/system":
                session.System = rest.Length == 0 ? null : rest;
                host.Line(ChatTexts.SystemSet);
                break;
            case "/clear":
                session.Clear();
                host.Line(ChatTexts.Cleared);
                break;
            case "/help":
                host.Line(ChatTexts.Commands);
                break;
            default:
                host.Line(ChatTexts.UnknownCommand, parts[0]);
                break;
        }
    }
}
