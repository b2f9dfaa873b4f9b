using TuneSharp.Application.Measuring;
using TuneSharp.Data;
using TuneSharp.Data.RowFormats;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Application.Classifying;

/// <summary>What to classify.</summary>
/// <param name="File">Rows, or lines of a text.</param>
/// <param name="Columns">Where text and label are; labels need not be there.</param>
/// <param name="Encoding">"auto", or the name of an encoding.</param>
/// <param name="All">Write the score of every class.</param>
public sealed record ClassifyFileRequest(string File, LabelColumns Columns, string Encoding, bool All)
{
    /// <summary>Told what is odd about the rows but not wrong.</summary>
    public Action<DataProblem>? Warn { get; init; }
}

/// <param name="Rows">Rows that were classified.</param>
/// <param name="Cut">Of these, texts that were longer than the context.</param>
/// <param name="Unlabelled">Of these, rows without a label, where others have one.</param>
/// <param name="Measured">Predictions against the labels; null: the file has none.</param>
public sealed record ClassifiedFile(int Rows, int Cut, int Unlabelled, TimeSpan Elapsed, EvaluationResult? Measured);

/// <summary>Classifies every row of a file. Predictions are written as they come; where there are labels they are compared with them.</summary>
public sealed class ClassifyFile(TimeProvider clock)
{
    /// <param name="outFile">A new .jsonl or .csv; null = <paramref name="standardOutput"/>, as JSON lines.</param>
    /// <param name="progress">Told how many rows are done.</param>
    /// <exception cref="InvalidInputException">The file cannot be read, a label is none of the classes, or the new file exists; then nothing was written.</exception>
    public ClassifiedFile Execute(LoadedClassifier classifier, ClassifyRows classify, ClassifyFileRequest request, string? outFile, TextWriter standardOutput, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(classify);
        ArgumentNullException.ThrowIfNull(request);
        if (outFile is null) return Run(new PredictionWriter(standardOutput, isTable: false, request.All));
        bool isTable = PredictionWriter.IsTable(outFile);
        if (Path.Exists(outFile)) throw new InvalidInputException("There is a file of this name already; nothing is overwritten.", outFile, "Choose another name for --out, or remove the file.");
        ClassifiedFile? result = null;
        AtomicFile.Write(outFile, stream =>
        {
            using var text = new StreamWriter(stream, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: isTable), leaveOpen: true);    // Excel knows UTF-8 by its mark
            result = Run(new PredictionWriter(text, isTable, request.All));
        });
        return result!;

        void Report(DataProblem problem)
        {
            if (problem.Severity == ProblemSeverity.Error) throw problem.ToException();
            request.Warn?.Invoke(problem);
        }

        ClassifiedFile Run(PredictionWriter writer)
        {
            long start = clock.GetTimestamp();
            int rows = 0, cut = 0;
            var measure = new ClassifierMeasure(classifier.Reference.Name);
            IEnumerable<LabelledRow> read = DatasetReader.Open(request.File, new RowReading { Labelled = request.Columns with { NeedsLabels = false }, Encoding = request.Encoding }).Read(Report).Cast<LabelledRow>();
            foreach (Prediction prediction in classify.Run(read, cancellation))
            {
                writer.Write(prediction);
                measure.Add(prediction);
                rows++;
                if (prediction.IsCut) cut++;
                progress?.Invoke(rows);
            }
            TimeSpan elapsed = clock.GetElapsedTime(start);
            return new ClassifiedFile(rows, cut, measure.Count > 0 ? measure.Unlabelled : 0, elapsed, measure.Count > 0 ? measure.Result(elapsed) : null);
        }
    }
}
