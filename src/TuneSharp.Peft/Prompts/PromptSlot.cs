using TuneSharp.Formats;
using TuneSharp.Nn;

namespace TuneSharp.Peft.Prompts;

/// <summary>The place on a model that a method's rows go to.</summary>
internal abstract class PromptSlot(int numTokens)
{
    /// <summary>n.</summary>
    public int NumTokens => numTokens;

    /// <exception cref="InvalidInputException">Another adapter is there.</exception>
    public void Fill(PromptEncoder encoder)
    {
        if (IsTaken) throw new InvalidInputException("The model has a prompt or prefix already; two cannot be used together.", null, "Switch the other one off first.");
        Put(encoder);
    }

    public abstract void Empty();

    protected abstract bool IsTaken { get; }

    protected abstract void Put(PromptEncoder encoder);
}

/// <summary>In front of every row's embeddings: row i of the encoder is virtual token i.</summary>
internal sealed class EmbeddingSlot(TunableModel model, int numTokens) : PromptSlot(numTokens)
{
    private readonly Embedding _embedding = model.Embedding ?? throw new ArgumentException("The model has no token embedding.", nameof(model));

    protected override bool IsTaken => _embedding.Prompt is not null;

    public override void Empty() => _embedding.Prompt = null;

    protected override void Put(PromptEncoder encoder) => _embedding.Prompt = new Prompt(encoder, NumTokens);

    private sealed class Prompt(PromptEncoder encoder, int numTokens) : IPrompt
    {
        private readonly int[] _all = [.. Enumerable.Range(0, numTokens)];

        public int NumTokens => numTokens;

        public bool Trained => encoder.Trained;

        public Var Rows(Tape t) => encoder.Rows(t, _all);
    }
}

/// <summary>In front of every layer's keys and values: of the encoder's 2L rows a token, row 2l is the key of layer l and 2l + 1 its value.</summary>
internal sealed class KeyValueSlot(TunableModel model, int numTokens) : PromptSlot(numTokens)
{
    private readonly PrefixSlot _slot = model.Prefix
        ?? throw new InvalidInputException("This model has no place for keys and values before its rows.", null, "Use prompt_tuning, p_tuning or lora.");

    protected override bool IsTaken => _slot.Current is not null;

    public override void Empty() => _slot.Current = null;

    protected override void Put(PromptEncoder encoder) => _slot.Current = new KeysAndValues(encoder, NumTokens, _slot.NumLayers);

    private sealed class KeysAndValues(PromptEncoder encoder, int numTokens, int numLayers) : IKeyValuePrefix
    {
        public int NumTokens => numTokens;

        public bool Trained => encoder.Trained;

        public (Var Key, Var Value) Forward(Tape t, int layer) => (encoder.Rows(t, RowsOf(2 * layer)), encoder.Rows(t, RowsOf(2 * layer + 1)));

        private int[] RowsOf(int first) => [.. Enumerable.Range(0, numTokens).Select(token => token * 2 * numLayers + first)];
    }
}
