using System.Text.Json;
using TuneSharp.Application.Models;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;
using TuneSharp.Inference.Generation;
using TuneSharp.Inference.Sampling;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Application.Chatting;

/// <summary>
/// A conversation with a model: history, system text, sampling; the adapter can be taken off and put on again between two
/// questions, so that base and tuned model are compared in one place.
/// </summary>
public sealed class ChatSession : IDisposable
{
    private readonly LoadedModel _loaded;
    private readonly TimeProvider _clock;
    private readonly TextGenerator _generator;
    private readonly List<ChatMessage> _history = [];

    public ChatSession(LoadedModel loaded, string? system, SamplingSettings sampling, TimeProvider clock)
    {
        sampling.Validate();
        _loaded = loaded;
        _clock = clock;
        _generator = new TextGenerator(loaded.Model, loaded.Text.Tokenizer, loaded.EndIds);
        Sampling = sampling;
        System = system;
    }

    public SamplingSettings Sampling { get; set; }

    public string? System { get; set; }

    public IReadOnlyList<ChatMessage> History => _history;

    public bool HasAdapter => _loaded.Adapter is not null;

    /// <summary>True while an adapter takes part.</summary>
    public bool IsTuned => Adapters.Any(adapter => adapter.IsOn);

    public IReadOnlyList<ChatAdapter> Adapters => [.. _loaded.Adapters.Adapters.Select(adapter => new ChatAdapter(adapter.Name, adapter.Scale, adapter.IsOn))];

    /// <summary>Asks, streams the answer, and adds both to the history. A cancelled answer stays as far as it came.</summary>
    /// <param name="emit">Gets the text as it grows, whole characters only.</param>
    /// <exception cref="InvalidInputException">The conversation no longer fits the context; the question is not kept.</exception>
    public GeneratedText Ask(string question, Action<string> emit, CancellationToken cancellation = default)
    {
        _history.Add(new ChatMessage("user", question));
        try
        {
            var renderer = _loaded.Text.CreateRenderer(new RenderingOptions { System = System, Clock = _clock });
            int[] prompt = _loaded.Text.Tokenizer.EncodeIds(renderer.RenderPrompt(_history));
            GeneratedText answer = _generator.Generate(prompt, Sampling, WithoutLeadingBlanks(emit), cancellation);
            // Templates write what stands between role and text themselves: a blank kept here would stand there twice.
            answer = answer with { Text = answer.Text.TrimStart() };
            _history.Add(new ChatMessage("assistant", answer.Text));
            return answer;
        }
        catch
        {
            if (_history[^1].Role == "user") _history.RemoveAt(_history.Count - 1);
            throw;
        }
    }

    public void Clear() => _history.Clear();

    /// <summary>Takes all adapters off (<c>/base</c>) or puts them on (<c>/tuned</c>).</summary>
    /// <exception cref="InvalidInputException">There is no adapter.</exception>
    public void UseAdapter(bool tuned)
    {
        if (!HasAdapter) throw new InvalidInputException("There is no adapter to switch.", null, "Start the chat with a run, or with --adapter FOLDER.");
        _loaded.Adapters.SwitchAll(tuned);
    }

    /// <summary>Switches one adapter on or off.</summary>
    public void UseAdapter(string name, bool on) => _loaded.Adapters.Switch(name, on);

    /// <summary>Sets how strongly an adapter takes part, and switches it on.</summary>
    public void ScaleAdapter(string name, double scale)
    {
        _loaded.Adapters.SetScale(name, scale);
        _loaded.Adapters.Switch(name, on: true);
    }

    /// <summary>A token as text, also where it is no whole character.</summary>
    public string TextOf(int id) => global::System.Text.Encoding.UTF8.GetString(_loaded.Text.Tokenizer.BytesOf(id));

    /// <summary>Writes the conversation as one row of messages JSONL: it can be trained on as it stands.</summary>
    /// <exception cref="InvalidInputException">There is a file with that name already, or nothing to save.</exception>
    public void Save(string path)
    {
        if (_history.Count == 0) throw new InvalidInputException("There is nothing to save yet.");
        if (Path.Exists(path)) throw new InvalidInputException("There is a file with that name already; it is not written over.", path, "Give another name.");
        IEnumerable<ChatMessage> messages = System is { Length: > 0 } system ? _history.Prepend(new ChatMessage("system", system)) : _history;
        string row = JsonSerializer.Serialize(new { messages = messages.Select(message => new { role = message.Role, content = message.Content }) }, Runs.RunJson.Compact);
        AtomicFile.WriteText(path, row + "\n");
    }

    private static Action<string> WithoutLeadingBlanks(Action<string> emit)
    {
        bool began = false;
        return piece =>
        {
            string shown = began ? piece : piece.TrimStart();
            if (shown.Length == 0) return;
            began = true;
            emit(shown);
        };
    }

    public void Dispose() => _generator.Dispose();
}
