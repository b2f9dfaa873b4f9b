using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers.PostProcessing;

namespace TuneSharp.Tokenizers.Files;

/// <summary>Reads <c>post_processor</c>.</summary>
internal static class PostProcessorReader
{
    public static PostProcessor? Read(JsonField component) => component.IsNull ? null : ReadStep(component);

    private static PostProcessor ReadStep(JsonField step) => TokenizerJson.TypeOf(step) switch
    {
        "Sequence" => new SequencePostProcessor([.. step["processors"].Steps().Select(ReadStep)]),
        "ByteLevel" => new ByteLevelPostProcessor(step["add_prefix_space"].Flag(true), step["trim_offsets"].Flag(true)),
        "TemplateProcessing" => ReadTemplate(step),
        "RobertaProcessing" => new RobertaPostProcessor(
            ReadToken(step["cls"]), ReadToken(step["sep"]), step["add_prefix_space"].Flag(true), step["trim_offsets"].Flag(true)),
        "BertProcessing" => new BertPostProcessor(ReadToken(step["cls"]), ReadToken(step["sep"])),
        _ => throw TokenizerJson.UnknownType(step, "post_processor", "Sequence, ByteLevel, TemplateProcessing, RobertaProcessing, BertProcessing"),
    };

    /// <summary>Old files write a token as a pair: text, id.</summary>
    private static (int Id, string Token) ReadToken(JsonField pair)
    {
        JsonField[] items = [.. pair.Items()];
        if (items.Length != 2) throw pair.Wrong("a pair of a token and its id");
        return (items[1].Whole(0, ModelReader.LargestId), items[0].Text());
    }

    private static TemplatePostProcessor ReadTemplate(JsonField step)
    {
        JsonField special = step["special_tokens"];
        return new TemplatePostProcessor(ReadPieces(step["single"], special), ReadPieces(step["pair"], special));
    }

    private static List<TemplatePiece> ReadPieces(JsonField template, JsonField special)
    {
        var pieces = new List<TemplatePiece>();
        foreach (JsonField item in template.Items())
        {
            JsonField sequence = item["Sequence"];
            JsonField token = item["SpecialToken"];
            if (!sequence.IsNull)
            {
                int index = sequence["id"].Text() switch { "A" => 0, "B" => 1, _ => throw sequence["id"].Wrong("A or B") };
                pieces.Add(TemplatePiece.Text(index, sequence["type_id"].Whole(0, int.MaxValue, 0)));
            }
            else if (!token.IsNull)
            {
                pieces.Add(TemplatePiece.Tokens(token["type_id"].Whole(0, int.MaxValue, 0), ReadSpecial(token["id"], special)));
            }
            else
            {
                throw item.Wrong("an object with Sequence or SpecialToken");
            }
        }
        return pieces;
    }

    private static List<(int, string)> ReadSpecial(JsonField name, JsonField special)
    {
        string id = name.Text();
        JsonField entry = special.IsNull ? special : special[id];
        if (entry.IsNull)
            throw new InvalidInputException($"The template uses the special token {Quoted.Text(id)}, and special_tokens does not define it.", name.Where, "Correct the file or get it again.");
        int[] ids = [.. entry["ids"].Items().Select(item => item.Whole(0, ModelReader.LargestId))];
        string[] tokens = [.. entry["tokens"].Items().Select(item => item.Text())];
        if (ids.Length != tokens.Length) throw entry.Wrong("an object whose ids and tokens are equally many");
        return [.. ids.Zip(tokens)];
    }
}
