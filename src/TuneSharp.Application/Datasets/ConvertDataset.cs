using TuneSharp.Data;
using TuneSharp.Data.Conversion;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Application.Datasets;

/// <summary>Writes a dataset in another form, as JSON lines.</summary>
public static class ConvertDataset
{
    /// <param name="data">File, format, columns, system text, whether broken rows are left out.</param>
    /// <param name="target">The form to write.</param>
    /// <param name="outFile">A new file; null = <paramref name="standardOutput"/>.</param>
    /// <param name="standardOutput">Where rows go without a file.</param>
    /// <param name="progress">Told how many rows have been written.</param>
    /// <exception cref="InvalidInputException">The file cannot be read or converted, or the new one exists; then nothing was written.</exception>
    public static ConversionReport Execute(DataSettings data, ConversionTarget target, string? outFile, Stream standardOutput, Action<long>? progress = null)
    {
        if (outFile is null) return Convert(standardOutput);
        if (Path.Exists(outFile)) throw new InvalidInputException("There is a file of this name already; nothing is overwritten.", outFile, "Choose another name for --out, or remove the file.");
        ConversionReport? report = null;
        AtomicFile.Write(outFile, stream => report = Convert(stream));
        return report!;

        ConversionReport Convert(Stream stream) => DatasetConversion.Convert(data.Dataset!, RowReading.From(data), target, stream, data.System, data.SkipBrokenRows, progress);
    }
}
