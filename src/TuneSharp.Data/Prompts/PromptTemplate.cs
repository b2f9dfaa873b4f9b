using TuneSharp.Data.Rendering.Slots;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Prompts;

/// <summary>What the setting <c>template</c> names: slots, a prompt format file, or a Jinja file. Exactly one of them is there.</summary>
public sealed class PromptTemplate
{
    private PromptTemplate()
    {
    }

    internal SlotTemplate? Slots { get; private init; }

    /// <summary>A keyed prompt format.</summary>
    public PromptFormatFile? Keyed { get; private init; }

    /// <summary>A chat template from a file.</summary>
    public ChatTemplate? Chat { get; private init; }

    /// <summary>Whether a value of the setting is the path of a file.</summary>
    public static bool IsPath(string template)
    {
        ArgumentNullException.ThrowIfNull(template);
        return Path.GetExtension(template).ToLowerInvariant() is ".json" or ".jinja" or ".jinja2";
    }

    /// <returns>Null for null: the model's own chat template is used.</returns>
    /// <exception cref="InvalidInputException">No such template, or a file that is none.</exception>
    public static PromptTemplate? Resolve(string? template)
    {
        if (template is null) return null;
        if (SlotTemplateCatalog.Find(template) is { } slots) return new PromptTemplate { Slots = slots };
        if (PromptFormatFile.Shipped(template) is { } shipped) return new PromptTemplate { Keyed = shipped };
        if (!IsPath(template))
        {
            throw new InvalidInputException($"There is no template {Quoted.Text(template)}.", "template",
                $"Known: {string.Join(", ", SlotTemplateCatalog.Names)}; prompt formats: {string.Join(", ", PromptFormatFile.ShippedNames)}; or the path of a .jinja or .json file.");
        }
        if (Path.GetExtension(template).Equals(".json", StringComparison.OrdinalIgnoreCase)) return new PromptTemplate { Keyed = PromptFormatFile.Load(template) };
        byte[] source = TuneSharp.Formats.Files.RegularFile.ReadAll(template, 4 << 20);
        return new PromptTemplate { Chat = ChatTemplate.Parse(System.Text.Encoding.UTF8.GetString(source), template) };
    }
}
