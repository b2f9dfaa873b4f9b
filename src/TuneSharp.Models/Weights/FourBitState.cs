using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Json;
using TuneSharp.Kernels;

namespace TuneSharp.Models.Weights;

/// <summary>What bitsandbytes writes down beside the codes of a matrix.</summary>
/// <param name="Rows">Of the matrix.</param>
/// <param name="Columns">Of the matrix.</param>
/// <param name="Table">What the codes stand for.</param>
/// <param name="BlockSize">Numbers that share a scale.</param>
/// <param name="NestedOffset">What was taken off the scales before they were quantised; null: they were not.</param>
/// <param name="NestedBlockSize">Scales that share a scale.</param>
internal sealed record FourBitState(long Rows, long Columns, FourBitTable Table, int BlockSize, float? NestedOffset, int NestedBlockSize)
{
    private const int LargestBlock = 1 << 20;

    public static FourBitState Parse(byte[] utf8, string name, string path)
    {
        JsonObject json = StrictJson.ParseObject(utf8, path);
        var fields = new CheckedFields(json, path, name + ": ");
        string type = fields.GetString("quant_type") ?? "";
        FourBitTable table = FourBitTable.Find(type) ?? throw Damaged(name, "its quant_type is neither nf4 nor fp4", path);
        IReadOnlyList<int> shape = fields.GetIds("shape");
        if (shape.Count != 2 || shape.Any(size => size < 1)) throw Damaged(name, "its shape is not that of a matrix", path);
        double? offset = fields.GetDoubleOrNull("nested_offset", -float.MaxValue, float.MaxValue);
        return new FourBitState(shape[0], shape[1], table, fields.GetInt("blocksize", 1, LargestBlock), (float?)offset, fields.GetInt("nested_blocksize", 1, LargestBlock, NestedScales.BlockSize));
    }

    public static InvalidInputException Damaged(string name, string why, string path) =>
        new($"The tensor {name} cannot be used: {why}.", path, "The weights are quantised with bitsandbytes; save or download them again.");
}
