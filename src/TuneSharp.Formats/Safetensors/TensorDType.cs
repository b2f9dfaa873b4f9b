namespace TuneSharp.Formats.Safetensors;

/// <summary>Element type of a stored tensor, named as safetensors names it (without the underscore).</summary>
public enum TensorDType
{
    F64, F32, F16, BF16,
    I64, I32, I16, I8,
    U64, U32, U16, U8,
    Bool,
    F8E4M3, F8E5M2,
}

public static class TensorDTypes
{
    // In ascending order of the reference library's own enumeration: its writer lays tensors out from the last to the first.
    private static readonly (TensorDType DType, string Code, int Bytes)[] Table =
    [
        (TensorDType.Bool, "BOOL", 1), (TensorDType.U8, "U8", 1), (TensorDType.I8, "I8", 1),
        (TensorDType.F8E5M2, "F8_E5M2", 1), (TensorDType.F8E4M3, "F8_E4M3", 1),
        (TensorDType.I16, "I16", 2), (TensorDType.U16, "U16", 2), (TensorDType.F16, "F16", 2), (TensorDType.BF16, "BF16", 2),
        (TensorDType.I32, "I32", 4), (TensorDType.U32, "U32", 4), (TensorDType.F32, "F32", 4),
        (TensorDType.F64, "F64", 8), (TensorDType.I64, "I64", 8), (TensorDType.U64, "U64", 8),
    ];

    private static readonly Dictionary<TensorDType, int> Rows =
        Table.Select((row, index) => (row.DType, index)).ToDictionary(pair => pair.DType, pair => pair.index);

    /// <summary>Bytes of one element.</summary>
    public static int ByteSize(this TensorDType dtype) => Table[Rows[dtype]].Bytes;

    /// <summary>The name in the file, as in <c>F8_E4M3</c>.</summary>
    public static string Code(this TensorDType dtype) => Table[Rows[dtype]].Code;

    /// <summary>Null if this program does not know the name.</summary>
    public static TensorDType? FromCode(string code)
    {
        foreach ((TensorDType dtype, string known, _) in Table)
            if (known == code) return dtype;
        return null;
    }

    internal static string AllCodes { get; } = string.Join(", ", Table.Select(row => row.Code));

    /// <summary>Place in the reference library's layout: wide types first, so that every tensor starts aligned.</summary>
    internal static int LayoutOrder(this TensorDType dtype) => Table.Length - Rows[dtype];
}
