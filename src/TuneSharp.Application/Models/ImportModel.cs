using System.Text;
using TorchSharp;
using TuneSharp.Application.Machine;
using TuneSharp.Application.Runs;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.Gguf;
using TuneSharp.Models;
using TuneSharp.Models.Gguf;
using TuneSharp.Tokenizers;

namespace TuneSharp.Application.Models;

/// <summary>What an import made.</summary>
/// <param name="Name">Name in the model store.</param>
/// <param name="Folder">Full path.</param>
/// <param name="Weights">What became of the weights.</param>
/// <param name="StoredTypes">Types of the file's matrices, as "Q4_1 (210), Q8_0 (1)".</param>
/// <param name="HasChatTemplate">Whether the file brought a chat template.</param>
/// <param name="Licence">As the file names it; null if it does not.</param>
public sealed record ImportReport(string Name, string Folder, GgufConversion Weights, string StoredTypes, bool HasChatTemplate, string? Licence);

/// <summary>
/// Puts a GGUF file into the model store as a folder in Hugging Face layout: weights, config, tokenizer, chat template. The
/// folder appears when it is complete; nothing is written over.
/// </summary>
public sealed class ImportModel(HomeFolder home)
{
    private static readonly string[] DTypes = ["auto", "float32", "bfloat16", "float16"];

    /// <param name="path">The GGUF file, or a folder with it.</param>
    /// <param name="name">Name in the store; null: made from the file's name.</param>
    /// <param name="dtype">auto, float32, bfloat16 or float16.</param>
    /// <param name="progress">Told (bytes written, bytes in all); may be null.</param>
    /// <exception cref="InvalidInputException">The file cannot be used, the name is taken or no name, the disk is full.</exception>
    public ImportReport Execute(string path, string? name, string dtype = "auto", Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        if (!DTypes.Contains(dtype)) throw new InvalidInputException($"\"{dtype}\" is not a value of --dtype. It must be one of {string.Join(", ", DTypes)}.");
        if (!Path.Exists(path)) throw new InvalidInputException("There is no such file.", path, "Check the spelling of its path.");
        string source = GgufFile.In(path) ?? throw new InvalidInputException("This is no GGUF file.", path, "A folder in Hugging Face layout needs no import: name it as it is.");
        name = SafeName.Check(name ?? NameOf(source), "model name");
        string target = Path.Combine(home.Models, name);
        if (Path.Exists(target)) throw new InvalidInputException($"There is a model named '{name}' already; nothing is written over it.", target, "Give another --name, or move it away.");

        string storedTypes;
        string? licence;
        using (GgufFile file = GgufFile.Open(source))
        {
            file.CheckTypes();
            storedTypes = string.Join(", ", file.Tensors.Values.Where(tensor => tensor.Shape.Count > 1).GroupBy(tensor => tensor.Type).OrderByDescending(group => group.Count()).Select(group => $"{group.Key} ({group.Count()})"));
            licence = ModelLicence.Of(file.Metadata);
            FreeSpace.Require(home.Models, file.Tensors.Values.Sum(tensor => tensor.NumElements) * (dtype is "bfloat16" or "float16" ? 2 : 4), "The weights");
        }
        ModelText text = ModelText.Load(source);
        Directory.CreateDirectory(home.Models);
        GgufConversion? weights = null;
        AtomicFolder.Write(target, temporary =>
        {
            weights = ModelCatalog.ConvertGguf(source, temporary, dtype switch
            {
                "float32" => torch.ScalarType.Float32,
                "bfloat16" => torch.ScalarType.BFloat16,
                "float16" => torch.ScalarType.Float16,
                _ => null,
            }, progress, cancellation);
            text.Tokenizer.Save(temporary);
            if (text.Template is { } template) AtomicFile.WriteText(Path.Combine(temporary, "chat_template.jinja"), template.Source);
            AtomicFile.WriteText(Path.Combine(temporary, "README.md"), Card(source, storedTypes, licence));
        });
        return new ImportReport(name, target, weights!, storedTypes, text.Template is not null, licence);
    }

    /// <summary>The file's name with what cannot stand in a name made a dash.</summary>
    private static string NameOf(string path)
    {
        var name = new StringBuilder();
        foreach (Rune rune in Path.GetFileNameWithoutExtension(path).EnumerateRunes())
            if (Rune.IsLetterOrDigit(rune) || rune.Value == '_') name.Append(rune);
            else if (name.Length > 0 && name[^1] != '-') name.Append('-');
        return name.ToString().Trim('-', '_') is { Length: > 0 } made ? made : "model";
    }

    private static string Card(string source, string storedTypes, string? licence)
    {
        string front = licence is null ? "" : $"---\nlicense: {licence}\n---\n";
        return $"{front}Made from {Path.GetFileName(source)} (SHA-256 {FileHashes.Of(source)}), whose matrices were stored as {storedTypes}.\n";
    }
}
