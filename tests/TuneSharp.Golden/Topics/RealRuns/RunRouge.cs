using System.Text.Json;
using TuneSharp.Evaluation.Rouge;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training;
using TuneSharp.Tokenizers;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>ROUGE of a run's answers, before and after training, within half a point.</summary>
internal static class RunRouge
{
    private const double Tolerance = 0.5;

    public static GoldenResult Compare(RecordedRun run, RunReplay replay, string modelFolder)
    {
        if (RunAnswers.Predictions(run) is not { } predictions) return GoldenResult.Equal(false, "no answers are recorded");
        var tokenizer = Tokenizer.Load(modelFolder);
        string[][] references = [.. predictions.EnumerateArray().Select(entry => entry.GetProperty("references").EnumerateArray().Select(text => text.GetString()!).ToArray())];
        return GoldenResult.All([.. Scores(replay.AnswersBefore, run.Json.GetProperty("rouge_before"), "before"), .. Scores(replay.AnswersAfter, run.Json.GetProperty("rouge_after"), "after")]);

        IEnumerable<GoldenResult> Scores(IReadOnlyList<int[]> answers, JsonElement expected, string when)
        {
            string[] texts = [.. answers.Select(ids => tokenizer.Decode(ids, skipSpecialTokens: true).Trim())];
            foreach (JsonProperty scoring in expected.EnumerateObject())
            {
                RougeScores[] scores = [.. texts.Select((text, i) => scoring.Name switch
                {
                    "summary1" => EnglishRouge.Score(text, references[i][0], stem: false),
                    "summary1_stemmer" => EnglishRouge.Score(text, references[i][0], stem: true),
                    "best_of_references_stemmer" => EnglishRouge.ScoreBest(text, references[i], stem: true),
                    _ => throw new InvalidDataException(scoring.Name),
                })];
                foreach (JsonProperty kind in scoring.Value.EnumerateObject())
                    yield return RecordedRows.Absolute(100 * scores.Average(score => Of(score, kind.Name).FMeasure), kind.Value.GetDouble(), Tolerance, $"{scoring.Name} {kind.Name} {when}");
            }
        }
    }

    private static RougeScore Of(RougeScores scores, string kind) => kind switch
    {
        "rouge1" => scores.Rouge1,
        "rouge2" => scores.Rouge2,
        "rougeL" => scores.RougeL,
        "rougeLsum" => scores.RougeLsum,
        _ => throw new InvalidDataException(kind),
    };
}
