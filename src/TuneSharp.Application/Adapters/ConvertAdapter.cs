using TuneSharp.Application.Models;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;
using TuneSharp.Models.Settings;
using TuneSharp.Peft;
using TuneSharp.Peft.Lora;

namespace TuneSharp.Application.Adapters;

/// <param name="Folder">The ordinary LoRA.</param>
/// <param name="Rank">Twice the one that it had.</param>
public sealed record ConvertReport(string Folder, int Rank);

/// <summary>A PiSSA or OLoRA adapter becomes an ordinary LoRA, which every program can put on the untouched base without decomposing it.</summary>
public static class ConvertAdapter
{
    /// <param name="model">The base with the one adapter.</param>
    /// <param name="outFolder">The new folder; must not exist.</param>
    /// <exception cref="InvalidInputException">The adapter is ordinary already, or of another method; no folder is left.</exception>
    public static ConvertReport Execute(ModelReference model, string outFolder, int? threads)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(outFolder));
        if (Path.Exists(target)) throw new InvalidInputException("The folder exists already; nothing is written over it.", target, "Choose another folder.");
        if (model.Adapters.Count != 1) throw new InvalidInputException($"{model.Adapters.Count} adapters are named; one is converted at a time.", null, "Name one with --adapter, or a run.");
        using LoadedModel loaded = LoadedModel.Load(model, new ModelSettings(), threads);
        if (loaded.Adapter is not LoraMethod { Config.Start.TakesFromBase: true } lora)
            throw new InvalidInputException("The adapter takes nothing out of its base: there is nothing to convert.", model.Adapters[0].Folder, "Use it as it is.");
        AdapterContents contents = lora.ToPlainAdapter();
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        AtomicFolder.Write(target, temporary =>
        {
            contents.Write(temporary);
            string template = Path.Combine(model.Adapters[0].Folder, "chat_template.jinja");
            if (File.Exists(template)) File.Copy(template, Path.Combine(temporary, "chat_template.jinja"));
        });
        return new ConvertReport(target, contents.Config["r"]!.GetValue<int>());
    }
}
