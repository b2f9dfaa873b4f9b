namespace TuneSharp.Tokenizers;

/// <summary>Filling a batch up to one length.</summary>
public sealed record PaddingOptions
{
    public required int PadId { get; init; }

    public required string PadToken { get; init; }

    public int PadTypeId { get; init; }

    /// <summary>Side on which padding is put. Default: right.</summary>
    public TextSide Direction { get; init; }

    /// <summary>Fixed length in tokens; null: the longest of the batch.</summary>
    public int? Length { get; init; }

    /// <summary>The length is rounded up to a multiple of this.</summary>
    public int? PadToMultipleOf { get; init; }
}
