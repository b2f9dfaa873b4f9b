using System.Text.Json.Nodes;

namespace TuneSharp.Data.Rendering.Slots;

/// <summary>The prompt formats that recipes name with LLaMA-Factory's names (<c>template: qwen</c>); they lie in slot-templates.json.</summary>
public static class SlotTemplateCatalog
{
    private static readonly Lazy<Dictionary<string, SlotTemplate>> s_all = new(Load);

    /// <summary>Known names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names => [.. s_all.Value.Keys.Order(StringComparer.Ordinal)];

    internal static SlotTemplate? Find(string name) => s_all.Value.GetValueOrDefault(name);

    private static Dictionary<string, SlotTemplate> Load()
    {
        using Stream stream = typeof(SlotTemplateCatalog).Assembly.GetManifestResourceStream("slot-templates.json")!;
        var root = (JsonObject)JsonNode.Parse(stream)!;
        return root.Where(pair => pair.Value is JsonObject).ToDictionary(pair => pair.Key, pair => Read(pair.Key, (JsonObject)pair.Value!), StringComparer.Ordinal);
    }

    private static SlotTemplate Read(string name, JsonObject json)
    {
        bool efficientEos = (bool?)json["efficient_eos"] == true;
        IReadOnlyList<Slot> content = [new Slot(SlotKind.Text, Slot.Content)];
        IReadOnlyList<Slot> user = Slots(json, "user") ?? content;
        IReadOnlyList<Slot> assistant = Slots(json, "assistant") ?? (efficientEos ? content : [.. content, new Slot(SlotKind.Eos)]);
        string tools = (string?)json["tools"] ?? "default";
        return new SlotTemplate
        {
            Name = name,
            Prefix = Slots(json, "prefix") ?? [],
            User = user,
            Assistant = assistant,
            System = Slots(json, "system") ?? content,
            Function = Slots(json, "function") ?? assistant,
            Observation = Slots(json, "observation") ?? user,
            Tools = ToolTexts.Of(tools),
            Calls = ToolTexts.Of(json["function"] is null ? "default" : tools),
            DefaultSystem = (string?)json["default_system"] ?? "",
            SystemPlace = (bool?)json["system_in_first_question"] == true ? SystemPlace.InFirstQuestion : SystemPlace.OwnSlot,
            EfficientEos = efficientEos,
            EndsOnce = (bool?)json["ends_once"] == true,
            EndToken = (string?)json["end"],
        };
    }

    private static Slot[]? Slots(JsonObject json, string part) => json[part] is not JsonArray list ? null :
        [.. list.Select(item => item is JsonObject named
            ? named["token"] is { } token ? new Slot(SlotKind.Token, (string)token!) : new Slot((string?)named["special"] == "bos" ? SlotKind.Bos : SlotKind.Eos)
            : new Slot(SlotKind.Text, (string)item!))];
}
