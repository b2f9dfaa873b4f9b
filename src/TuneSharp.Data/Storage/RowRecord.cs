using System.Runtime.InteropServices;

namespace TuneSharp.Data.Storage;

/// <summary>How the labels of a stored row are written.</summary>
internal enum LabelLayout
{
    /// <summary>Every token is its own label; nothing is written.</summary>
    All,

    /// <summary>A bit a token: it is its own label, or ignored.</summary>
    Mask,

    /// <summary>A number a token: templates exist that teach the end token in the place of the next one.</summary>
    Numbers,

    /// <summary>No token is learned: as many targets (float32) as the record says are written.</summary>
    Targets,

    /// <summary>Targets, then a byte a token: to which of two texts it belongs.</summary>
    TargetsAndTypes,
}

/// <summary>Where a row lies in the token file and how much of it is used: 48 bytes of a .rows file, as in memory (little endian).</summary>
/// <param name="Offset">Of its first id.</param>
/// <param name="Row">Number in its dataset file.</param>
/// <param name="Line">Its line there; 0 = none.</param>
/// <param name="Stored">Tokens in the file.</param>
/// <param name="Start">First token that is used.</param>
/// <param name="Length">Tokens that are used; -1 = the row could not be rendered.</param>
/// <param name="NumLabels">Of these, learned ones.</param>
/// <param name="File">Number of its dataset file.</param>
/// <param name="Labels">How the labels are written.</param>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal readonly record struct RowRecord(long Offset, long Row, long Line, int Stored, int Start, int Length, int NumLabels, int File, LabelLayout Labels);
