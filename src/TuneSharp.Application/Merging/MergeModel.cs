using TorchSharp;
using TuneSharp.Application.Models;
using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Inference.Generation;
using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Nn;

namespace TuneSharp.Application.Merging;

/// <summary>
/// Makes an ordinary model folder of a base and its adapters, and proves it: base and adapters are asked first, then the
/// folder is written, read back and asked the same. Only a folder that passed gets its name; there is never more than one
/// model in memory.
/// </summary>
public sealed class MergeModel(TimeProvider clock)
{
    private static readonly string[] DTypes = ["auto", "float32", "bfloat16", "float16"];

    /// <summary>Rounding to the stored type may take this share of what the adapters do; beyond it they would be damaged.</summary>
    private const double LargestLoss = 0.25;

    /// <param name="progress">Told (phase, done, in all); may be null.</param>
    /// <exception cref="InvalidInputException">Something cannot be used, the merge would change nothing, or it failed its proof; no folder is left.</exception>
    public MergeReport Execute(MergeRequest request, Action<MergePhase, long, long>? progress = null, CancellationToken cancellation = default)
    {
        progress ??= (_, _, _) => { };
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Out));
        Refuse(request, target);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (GgufFile.In(request.Model.Folder) is not { } gguf) return Merge(request, target, progress, cancellation);

        // A GGUF file becomes a folder first, beside the target because it is as large; it is gone afterwards.
        string folder = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}-base-{Guid.NewGuid():N}");
        try
        {
            Convert(gguf, folder, request.DType, (done, all) => progress(MergePhase.Converting, done, all), cancellation);
            // The folder holds what the blocks stand for; a base that was packed from it otherwise is packed again.
            ModelSettings? packing = request.Model.Packing is { Quantization: "gguf" } ? null : request.Model.Packing;
            return Merge(request with { Model = request.Model with { Folder = folder, Packing = packing } }, target, progress, cancellation);
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private MergeReport Merge(MergeRequest request, string target, Action<MergePhase, long, long> progress, CancellationToken cancellation)
    {
        using CheckpointFolder source = CheckpointFolder.Open(request.Model.Folder);
        torch.ScalarType? storage = TypeOf(request.DType);
        FreeSpace.Require(Path.GetDirectoryName(target)!, source.Tensors.Values.Sum(entry => LargestBytes(entry, storage)), "The merged weights");
        MergeReport? report = null;
        AtomicFolder.Write(target, temporary => report = Fill(request, source, storage, temporary, target, progress, cancellation));
        return report!;
    }

    /// <summary>Of a tensor in the new folder. A packed byte stands for two weights of four bytes at most.</summary>
    private static long LargestBytes(TensorEntry entry, torch.ScalarType? storage) => entry.NumElements * (entry.DType is TensorDType.U8 or TensorDType.I8 ? 8
        : storage is null ? entry.ByteLength / Math.Max(1, entry.NumElements) : storage == torch.ScalarType.Float32 ? 4 : 2);

    private static void Convert(string gguf, string folder, string dtype, Action<long, long> progress, CancellationToken cancellation)
    {
        using (GgufFile file = GgufFile.Open(gguf))
        {
            file.CheckTypes();
            FreeSpace.Require(Path.GetDirectoryName(folder)!, 2 * file.Tensors.Values.Sum(tensor => tensor.NumElements) * (dtype is "bfloat16" or "float16" ? 2 : 4), "The base and the merged weights");
        }
        Directory.CreateDirectory(folder);
        ModelCatalog.ConvertGguf(gguf, folder, TypeOf(dtype), progress, cancellation);
        ModelText text = ModelText.Load(gguf);
        text.Tokenizer.Save(folder);
        if (text.Template is { } template) AtomicFile.WriteText(Path.Combine(folder, "chat_template.jinja"), template.Source);
    }

    private static torch.ScalarType? TypeOf(string dtype) => dtype switch
    {
        "float32" => torch.ScalarType.Float32,
        "bfloat16" => torch.ScalarType.BFloat16,
        "float16" => torch.ScalarType.Float16,
        _ => null,
    };

    private MergeReport Fill(MergeRequest request, CheckpointFolder source, torch.ScalarType? storage, string temporary, string target, Action<MergePhase, long, long> progress, CancellationToken cancellation)
    {
        MergeProbe probe;
        float[][] tuned;
        IReadOnlyList<GeneratedText> texts;
        double effect;
        MergedCheckpoint written;
        progress(MergePhase.Probing, 0, 1);
        using (LoadedModel loaded = LoadedModel.Load(request.Model, new ModelSettings(), request.Threads))
        {
            // The merged model is dense: it does not round its inputs as LLM.int8 does.
            foreach (Int8Matrix matrix in loaded.Model.Parameters.Select(parameter => parameter.Packed).OfType<Int8Matrix>()) matrix.RoundsInput = false;
            probe = MergeProbe.Create(loaded.Text, request.Probes, clock);
            tuned = probe.Logits(loaded.Model);
            texts = probe.Write(loaded);
            loaded.Adapters.SwitchAll(on: false);
            effect = MergeProbe.LargestDifference(probe.Logits(loaded.Model), tuned);
            if (effect == 0) throw ChangesNothing("the answers to all probes are those of the base");
            loaded.Adapters.SwitchAll(on: true);
            progress(MergePhase.Probing, 1, 1);
            written = new MergedCheckpoint(source, [.. loaded.Adapters.Adapters.Select(adapter => adapter.Method)], loaded.Model.Parameters, storage);
            written.Write(temporary, (done, all) => progress(MergePhase.Writing, done, all), cancellation);
            written.WriteConfig(temporary, loaded.Text.Config);
        }
        if (written.NumChanged == 0) throw ChangesNothing("every weight is the same after rounding");
        Accompany(request, temporary);

        progress(MergePhase.Checking, 0, 1);
        using LoadedModel merged = LoadedModel.Load(new ModelReference(request.Out, temporary, null), new ModelSettings(), request.Threads);
        double difference = MergeProbe.LargestDifference(tuned, probe.Logits(merged.Model));
        IReadOnlyList<GeneratedText> again = probe.Write(merged);
        progress(MergePhase.Checking, 1, 1);
        if (!(difference <= LargestLoss * effect))
        {
            throw new InvalidInputException(
                $"The merged model is not the tuned one: its logits differ by up to {difference:0.###}, where the adapters change them by {effect:0.###}. Nothing was kept.", request.Out,
                "The adapters' changes are lost in rounding: write the weights with --dtype float32, or use the adapter beside its base.");
        }
        bool same = texts.Zip(again, (a, b) => a.Ids.SequenceEqual(b.Ids)).All(equal => equal);
        return new MergeReport(target, written.NumTensors, written.NumChanged, written.BytesWritten, written.DType.ToString().ToLowerInvariant(), effect, difference, same, again[0].Text.Trim());
    }

    private static void Refuse(MergeRequest request, string target)
    {
        if (!DTypes.Contains(request.DType)) throw new InvalidInputException($"\"{request.DType}\" is not a value of --dtype. It must be one of {string.Join(", ", DTypes)}.");
        if (request.Model.Adapters.Count == 0) throw new InvalidInputException("There is no adapter to merge.", request.Model.Folder, "Give --adapter with a folder or a run, or the name of a run that trained an adapter.");
        if (request.Model.Adapters.All(adapter => adapter.Scale == 0)) throw ChangesNothing("all scales are 0");
        if (Path.Exists(target)) throw new InvalidInputException("The folder exists already; nothing is written over it.", request.Out, "Choose another name, or move it away.");
        foreach (AdapterReference adapter in request.Model.Adapters) AdapterFolder.Open(adapter.Folder).Dispose();
    }

    private static InvalidInputException ChangesNothing(string why) => new($"The merge would change nothing: {why}.", null, "Check that this is the trained adapter and not an empty one, and its scale.");

    /// <summary>Tokenizer, generation settings and licence of the base; the chat template that the adapter was trained with.</summary>
    private static void Accompany(MergeRequest request, string temporary)
    {
        ModelCatalog.CopyCompanions(request.Model.Folder, temporary);
        string? template = request.Model.Adapters.Select(adapter => Path.Combine(adapter.Folder, "chat_template.jinja")).FirstOrDefault(File.Exists);
        if (template is not null) AtomicFile.Write(Path.Combine(temporary, "chat_template.jinja"), target =>
        {
            using Stream stream = RegularFile.OpenStream(template);
            stream.CopyTo(target);
        });
    }
}
