using TuneSharp.Nn;

namespace TuneSharp.Models.Weights;

/// <summary>Where a family's weights come from: a checkpoint, or a random start.</summary>
public interface IWeightSource
{
    /// <summary>A matrix of a linear or an embedding.</summary>
    Parameter Matrix(string name, long rows, long columns);

    /// <summary>The matrix of a linear, which may be packed in fewer bits.</summary>
    Parameter LinearWeight(string name, long rows, long columns) => Matrix(name, rows, columns);

    /// <summary>The weight of a norm.</summary>
    Parameter Norm(string name, long size);

    Parameter Bias(string name, long size);

    /// <summary>
    /// The embedding and the output head's weight: the same object if they are tied.
    /// </summary>
    /// <param name="embedding">Name of the embedding.</param>
    /// <param name="head">Name of the head's weight.</param>
    /// <param name="vocabulary">Rows.</param>
    /// <param name="hidden">Columns.</param>
    /// <param name="tied">What config.json says.</param>
    (Parameter Embedding, Parameter Head) Vocabulary(string embedding, string head, long vocabulary, long hidden, bool tied);

    /// <summary>Whether a weight starts from random numbers where the others come from a checkpoint.</summary>
    bool IsNew(string name) => false;

    /// <summary>A layer norm named <paramref name="name"/> with its weight and bias.</summary>
    LayerNorm LayerNorm(string name, long size, double eps) => new(Norm(name + ".weight", size), Bias(name + ".bias", size), eps);

    /// <summary>A linear named <paramref name="name"/> with its weight and bias.</summary>
    Linear Linear(string name, long input, long output, bool bias) =>
        new(name, LinearWeight(name + ".weight", output, input), bias ? Bias(name + ".bias", output) : null);

    /// <summary>A linear whose weight is stored as [In, Out] (GPT-2's Conv1D).</summary>
    Linear TransposedLinear(string name, long input, long output) =>
        new(name, Matrix(name + ".weight", input, output), Bias(name + ".bias", output), transposed: true);
}
