using TuneSharp.Formats;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Models;
using TuneSharp.Nn;

namespace TuneSharp.Application.Models;

/// <summary>
/// Tells what a model is: sizes, types, tokenizer, template, licence, and the memory that using it takes. Headers only are
/// read. What is missing or broken in one part is said and does not hide the others.
/// </summary>
public static class InspectModel
{
    /// <param name="path">A folder in Hugging Face layout, or a GGUF file.</param>
    /// <exception cref="InvalidInputException">It is neither, or the file itself is damaged.</exception>
    public static ModelInspection Execute(string path)
    {
        if (!Path.Exists(path)) throw new InvalidInputException("There is no such file or folder.", path, "Check the spelling of its path.");
        string? gguf = GgufFile.In(path);
        if (gguf is null && !Directory.Exists(path)) throw new InvalidInputException("This is no GGUF file.", path, "Name a GGUF file, or a folder with config.json and *.safetensors.");
        var problems = new List<string>();
        ModelInspection found = gguf is not null ? OfGguf(path, gguf, problems) : OfFolder(path, problems);
        ModelText? text = Try(() => ModelText.Load(path), problems);
        if (text is null) return found with { WhyNot = found.WhyNot ?? problems.FirstOrDefault(), Warnings = problems };
        found = found with
        {
            Tokenizer = new InspectedTokenizer(text.Tokenizer.VocabularySize, text.Tokenizer.SpecialTokens.Bos?.Text, text.Tokenizer.SpecialTokens.Eos?.Text, text.Tokenizer.SpecialTokens.Pad?.Text,
                text.Tokenizer.SpecialTokens.Bos is { } bos && text.Tokenizer.EncodeIds("", addSpecialTokens: true).Contains(bos.Id)),
            HasChatTemplate = text.Template is not null,
            Warnings = [.. problems, .. text.Config.Warnings, .. text.Tokenizer.Warnings],
        };
        if (!ModelCatalog.ModelTypes.Contains(text.Config.ModelType)) return found with { WhyNot = text.Config.UnknownFamily(ModelCatalog.ModelTypes).Problem };
        string? whyNot = found.WhyNot;
        InspectedSizes? sizes = null;
        try { sizes = SizesOf(text.Config); }
        catch (InvalidInputException e) { whyNot ??= e.Message; }
        return sizes is null ? found with { WhyNot = whyNot } : ModelMemory.Fill(found with { Sizes = sizes, WhyNot = whyNot }, text.Config);
    }

    private static ModelInspection OfGguf(string path, string gguf, List<string> problems)
    {
        using GgufFile file = GgufFile.Open(gguf);
        string? whyNot = null;
        try { file.CheckTypes(); }
        catch (InvalidInputException e) { whyNot = e.Problem; }
        string family = Try(() => file.Metadata.GetText("general.architecture"), problems) ?? "?";
        return new ModelInspection(path, $"GGUF version {file.Version}", Try(() => file.Metadata.GetText("general.name"), problems), family, whyNot)
        {
            Parameters = file.Tensors.Values.Sum(tensor => tensor.NumElements),
            StoredTypes = [.. file.Tensors.Values.GroupBy(tensor => tensor.Type).Select(group => new StoredType(group.Key.ToString(), group.Count(), group.Sum(tensor => tensor.ByteLength))).OrderByDescending(type => type.Bytes)],
            Licence = ModelLicence.Of(file.Metadata) ?? (Directory.Exists(path) ? ModelLicence.Of(path) : null),
        };
    }

    private static ModelInspection OfFolder(string folder, List<string> problems)
    {
        HfConfig config = HfConfig.Load(folder);
        string? whyNot = null;
        TensorEntry[] tensors = [];
        try
        {
            using CheckpointFolder checkpoint = CheckpointFolder.Open(folder);
            tensors = [.. checkpoint.Tensors.Values];
        }
        catch (InvalidInputException e) { whyNot = e.Message; }
        return new ModelInspection(folder, "Hugging Face", config.GetString("_name_or_path") is { Length: > 0 } name ? name : null, config.ModelType, whyNot)
        {
            Parameters = tensors.Sum(tensor => tensor.NumElements),
            StoredTypes = [.. tensors.GroupBy(tensor => tensor.DType).Select(group => new StoredType(group.Key.Code(), group.Count(), group.Sum(tensor => tensor.ByteLength))).OrderByDescending(type => type.Bytes)],
            Licence = ModelLicence.Of(folder),
        };
    }

    private static InspectedSizes SizesOf(HfConfig config)
    {
        ModelSizes sizes = ModelCatalog.SizesOf(config);
        ModelShape shape = sizes.Shape;
        return new InspectedSizes(shape.NumLayers, shape.HiddenSize, sizes.IntermediateSize, shape.NumHeads, shape.NumKeyValueHeads, shape.HeadDim, shape.VocabularySize, shape.MaxPositions,
            sizes.HeadName is null ? null : sizes.TiedHead, sizes.LearnedPositions ? null : config.Rope.Kind.ToString().ToLowerInvariant())
        {
            Labels = ModelCatalog.LabelsOf(config)?.Names ?? [],
        };
    }

    private static T? Try<T>(Func<T?> read, List<string> problems) where T : class
    {
        try { return read(); }
        catch (InvalidInputException e)
        {
            problems.Add(e.Message);
            return null;
        }
    }
}
