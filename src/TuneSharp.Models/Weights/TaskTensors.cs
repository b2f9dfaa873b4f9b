using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Models.Weights;

/// <summary>
/// A checkpoint as a model for one task sees it: the transformer's tensors carry its name also where the file is that of the bare
/// transformer, norms are called as today (not gamma and beta), and heads for other tasks are out of sight.
/// </summary>
internal sealed class TaskTensors : IStoredTensors
{
    private readonly IStoredTensors _stored;
    private readonly Dictionary<string, string> _storedNames = new(StringComparer.Ordinal); // name here → name in the file

    /// <param name="stored">The file.</param>
    /// <param name="names">Of the family.</param>
    /// <param name="task">Beginnings of the names of this task's head.</param>
    public TaskTensors(IStoredTensors stored, CheckpointNames names, IReadOnlyList<string> task)
    {
        _stored = stored;
        string body = names.Body + ".";
        bool bare = !stored.Names.Any(name => name.StartsWith(body, StringComparison.Ordinal));
        var unused = new List<string>();
        foreach (string name in stored.Names)
        {
            if (name.EndsWith(".position_ids", StringComparison.Ordinal)) continue; // 0, 1, 2 …: old files stored what follows from the config
            if (names.Buffers.Any(ending => name.EndsWith(ending, StringComparison.Ordinal))) continue;
            string current = WithoutSecondBias(WithPresentNorms(name));
            bool isHead = BeginsAs(current, names.Heads.Where(head => !head.StartsWith(body, StringComparison.Ordinal)));
            if (bare && !isHead) current = body + current;
            if (BeginsAs(current, names.Heads) && !BeginsAs(current, task)) unused.Add(name);
            else _storedNames.TryAdd(current, name);
        }
        if (unused.Count > 0) Warnings = [$"The checkpoint's heads for other tasks are not used: {string.Join(", ", unused.Order(StringComparer.Ordinal).Take(3))}{(unused.Count > 3 ? $" and {unused.Count - 3} more" : "")}."];
    }

    public IReadOnlyList<string> Warnings { get; } = [];

    public string Path => _stored.Path;

    public IEnumerable<string> Names => _storedNames.Keys;

    public IReadOnlyList<long>? ShapeOf(string name) => _storedNames.TryGetValue(name, out string? stored) ? _stored.ShapeOf(stored) : null;

    public Tensor Read(string name, ScalarType? type) => _stored.Read(_storedNames[name], type);

    public string? PackingOf(string name) => _stored.PackingOf(_storedNames[name]);

    public PackedMatrix ReadPacked(string name) => _stored.ReadPacked(_storedNames[name]);

    /// <summary>The bias of a head over the vocabulary, which some files hold as the decoder's too.</summary>
    private static string WithoutSecondBias(string name) => name.EndsWith(".decoder.bias", StringComparison.Ordinal) ? name[..^".decoder.bias".Length] + ".bias" : name;

    private static bool BeginsAs(string name, IEnumerable<string> beginnings) => beginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal));

    private static string WithPresentNorms(string name) =>
        name.EndsWith("LayerNorm.gamma", StringComparison.Ordinal) ? name[..^"gamma".Length] + "weight" :
        name.EndsWith("LayerNorm.beta", StringComparison.Ordinal) ? name[..^"beta".Length] + "bias" : name;
}
