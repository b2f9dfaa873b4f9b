using System.Text.Json.Nodes;

namespace TuneSharp.Application.Recipes;

/// <summary>A value as it stands in a recipe or on the command line, with its place for error messages.</summary>
/// <param name="Where">As in "recipe.yaml, line 3, column 5" or "--learning_rate".</param>
public abstract record RecipeNode(string Where)
{
    /// <summary>The value as JSON; plain words become numbers, booleans and null as YAML's core schema says.</summary>
    public abstract JsonNode? ToJson();

    /// <summary>What it is, for an error message.</summary>
    public abstract string Describe();
}

/// <param name="Quoted">True if it stood in quotes: then it is a text whatever it looks like.</param>
public sealed record RecipeScalar(string Text, bool Quoted, string Where) : RecipeNode(Where)
{
    public bool IsNull => !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";

    public override JsonNode? ToJson()
    {
        if (Quoted) return JsonValue.Create(Text);
        if (IsNull) return null;
        if (ScalarText.ToBool(Text) is { } flag) return JsonValue.Create(flag);
        if (long.TryParse(Text, ScalarText.Integer, null, out long whole)) return JsonValue.Create(whole);
        return ScalarText.ToDouble(Text) is { } number ? JsonValue.Create(number) : JsonValue.Create(Text);
    }

    public override string Describe() => Quoted ? $"the text \"{Text}\"" : $"`{Text}`";
}

public sealed record RecipeList(IReadOnlyList<RecipeNode> Items, string Where) : RecipeNode(Where)
{
    public override JsonNode ToJson() => new JsonArray([.. Items.Select(item => item.ToJson())]);

    public override string Describe() => $"a list of {Items.Count}";
}

public sealed record RecipeMap(IReadOnlyList<RecipeEntry> Entries, string Where) : RecipeNode(Where)
{
    public override JsonNode ToJson() => new JsonObject(Entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.ToJson())));

    public override string Describe() => "a group of keys";
}

/// <param name="Where">Place of the key.</param>
public sealed record RecipeEntry(string Key, RecipeNode Value, string Where);
