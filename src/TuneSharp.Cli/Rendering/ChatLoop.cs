using System.Globalization;
using System.Runtime.InteropServices;
using TuneSharp.Application.Chatting;
using TuneSharp.Cli.Texts;
using TuneSharp.Formats;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Logprobs;

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
                host.Terminal.Error.WriteLine(host.Words.Say(CommonTexts.Error, e));
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
        GeneratedText answer = session.Ask(question, piece => host.Terminal.Out.Write(EvaluationTable.Plain(piece)), ended.Token);
        host.Terminal.Out.WriteLine();
        foreach (GeneratedText other in answer.Others) host.Terminal.Out.WriteLine($"[{other.Score:0.000}] {EvaluationTable.Plain(other.Text)}");
        if (answer.Logprobs.Count > 0) WriteLogprobs(answer.Logprobs);
    }

    private void WriteLogprobs(IReadOnlyList<TokenLogprob> tokens)
    {
        string Cell(int id, double logprob) => $"{EvaluationTable.Plain(session.TextOf(id)).Replace("\n", "\\n", StringComparison.Ordinal)} {Math.Exp(logprob) * 100:0.0}%";
        var grid = new Grid(host.Words[ChatTexts.ColumnToken], host.Words[ChatTexts.ColumnLogprob], host.Words[ChatTexts.ColumnBest]);
        foreach (TokenLogprob token in tokens) grid.Add(Cell(token.Id, token.Logprob), $"{token.Logprob:0.0000}", string.Join(", ", token.Top.Select(top => Cell(top.Id, top.Logprob))));
        grid.Write(host.Terminal);
    }

    private void Adapter(string rest)
    {
        string[] words = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        switch (words)
        {
            case []:
                break;
            case [var name, "on" or "off"]:
                session.UseAdapter(name, words[1] == "on");
                break;
            case [var name, var number] when double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double scale):
                session.ScaleAdapter(name, scale);
                break;
            default:
                host.Line(ChatTexts.AdapterUsage);
                return;
        }
        if (session.Adapters.Count == 0) host.Line(ChatTexts.NoAdapters);
        foreach (ChatAdapter adapter in session.Adapters)
        {
            if (adapter.IsOn) host.Line(ChatTexts.AdapterOn, adapter.Name, adapter.Scale);
            else host.Line(ChatTexts.AdapterOff, adapter.Name);
        }
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
            case "/adapter":
                Adapter(rest);
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
