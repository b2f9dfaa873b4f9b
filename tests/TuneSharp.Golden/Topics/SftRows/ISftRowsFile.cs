using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>The cases of one recorded file of text/sft_rows, or of one part of it. Every class that implements this is found and asked.</summary>
internal interface ISftRowsFile
{
    /// <summary>Name of the file without <c>.gz</c>.</summary>
    string FileName { get; }

    /// <param name="path">The file as it lies there, packed or not.</param>
    /// <param name="file">Its name as it lies there; case names begin with it.</param>
    /// <param name="tokenizers">The neighbouring tokenizers and templates.</param>
    IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers);
}
