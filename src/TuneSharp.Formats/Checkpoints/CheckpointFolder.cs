using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Formats.Checkpoints;

/// <summary>
/// The weights of a model folder as Hugging Face lays it out: <c>model.safetensors</c>, or shards listed in
/// <c>model.safetensors.index.json</c>. Every shard is opened and checked at once; reading is safe from many threads.
/// </summary>
public sealed class CheckpointFolder : IDisposable
{
    public const string SingleFile = "model.safetensors";
    public const string IndexFile = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> shards = [];
    private readonly Dictionary<string, SafetensorsFile> shardOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorEntry> tensors = new(StringComparer.Ordinal);

    private CheckpointFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>All tensors of all shards, by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => tensors;

    /// <summary>The files that were opened, in the order of the index.</summary>
    public IReadOnlyList<string> Files => [.. shards.Select(shard => shard.Path)];

    /// <param name="folder">A model folder, or a single .safetensors file.</param>
    /// <exception cref="InvalidInputException">No weights, only pickles, a missing or damaged shard, a listed tensor that is not there.</exception>
    public static CheckpointFolder Open(string folder)
    {
        var checkpoint = new CheckpointFolder(folder);
        try
        {
            if (File.Exists(folder)) checkpoint.Add(SafetensorsFile.Open(folder));
            else if (!Directory.Exists(folder)) throw new InvalidInputException("The model folder does not exist.", folder, "Check the spelling of its path.");
            else if (File.Exists(System.IO.Path.Combine(folder, SingleFile))) checkpoint.Add(SafetensorsFile.Open(System.IO.Path.Combine(folder, SingleFile)));
            else if (File.Exists(System.IO.Path.Combine(folder, IndexFile))) checkpoint.AddShards(System.IO.Path.Combine(folder, IndexFile));
            else throw MissingWeights.Explain(folder, SingleFile);
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Copies a tensor's bytes to <paramref name="destination"/>, which has room for all of them.</summary>
    public unsafe void Read(string name, void* destination) => Shard(name).Read(tensors[name], destination);

    /// <summary>Fills <paramref name="destination"/>, whose length is the tensor's <see cref="TensorEntry.ByteLength"/> or less.</summary>
    public void Read(string name, Span<byte> destination) => Shard(name).Read(tensors[name], destination);

    public void Dispose()
    {
        foreach (SafetensorsFile shard in shards) shard.Dispose();
    }

    private SafetensorsFile Shard(string name) => shardOf.TryGetValue(name, out SafetensorsFile? shard)
        ? shard
        : throw new InvalidInputException($"The checkpoint has no tensor {Quoted.Text(name)}.", Path, "Check that weights and config.json belong together.");

    private void AddShards(string indexPath)
    {
        Dictionary<string, string> weightMap = ShardIndex.Read(indexPath);
        foreach (string name in weightMap.Values.Distinct(StringComparer.Ordinal))
        {
            string path = System.IO.Path.Combine(Path, name);
            if (!File.Exists(path))
                throw new InvalidInputException($"The shard {Quoted.Text(name)} is listed, but it is not in the folder.", indexPath, "Download or copy the missing file into the folder.");
            Add(SafetensorsFile.Open(path));
        }
        foreach ((string tensor, string file) in weightMap)
            if (!shardOf.TryGetValue(tensor, out SafetensorsFile? shard) || System.IO.Path.GetFileName(shard.Path) != file)
                throw new InvalidInputException($"The tensor {Quoted.Text(tensor)} is listed in {Quoted.Text(file)}, but it is not there.", indexPath, "Index and shards do not belong together: download the model again.");
    }

    private void Add(SafetensorsFile shard)
    {
        shards.Add(shard);
        foreach ((string name, TensorEntry entry) in shard.Tensors)
        {
            if (!tensors.TryAdd(name, entry))
                throw new InvalidInputException($"The tensor {Quoted.Text(name)} is in two shards, {Quoted.Text(System.IO.Path.GetFileName(shardOf[name].Path))} and {Quoted.Text(System.IO.Path.GetFileName(shard.Path))}.", Path, "Download the model again.");
            shardOf.Add(name, shard);
        }
    }
}
