using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Settings;
using TuneSharp.Nn;
using TuneSharp.Training.Optimizers;
using TuneSharp.Training.Schedules;

namespace TuneSharp.Training.Settings;

/// <summary>How a model is trained: the keys and defaults that Hugging Face's Trainer uses, where ours differ the text says so.</summary>
public sealed record TrainingSettings
{
    [Setting("Highest learning rate. LoRA likes 1e-4 … 5e-4, full fine-tuning 1e-5 … 5e-5.", "最高学习率。LoRA 适合 1e-4 … 5e-4，全参数微调适合 1e-5 … 5e-5。",
        Advice = "1e-6 … 1e-2", Minimum = 0, Maximum = 1, Aliases = ["lr"], Example = "3e-4")]
    public double LearningRate { get; init; } = 3e-4;

    [Setting("How the learning rate changes over the run.", "学习率随训练变化的方式。", Advice = "linear, cosine, constant, constant_with_warmup, inverse_sqrt, polynomial, reduce_lr_on_plateau, …", Example = "linear")]
    public string LrSchedulerType { get; init; } = "linear";

    [Setting("Arguments of the schedule, as num_cycles of cosine or power of polynomial.", "学习率调度的参数，例如 cosine 的 num_cycles、polynomial 的 power。", Example = "{num_cycles: 0.5}")]
    public JsonObject? LrSchedulerKwargs { get; init; }

    [Setting("Steps in which the learning rate rises from 0: 1 and above is a number of steps, below 1 a share of all steps.", "学习率从 0 升高的步数：不小于 1 为步数，小于 1 为总步数的比例。",
        Unit = "optimizer steps or share", Minimum = 0, Aliases = ["warmup_ratio"], Example = "0.1")]
    public double WarmupSteps { get; init; }

    [Setting("How often the training rows are gone through.", "训练数据重复的轮数。", Unit = "epochs", Minimum = 0, Aliases = ["epochs", "num_epochs"], Example = "3")]
    public double NumTrainEpochs { get; init; } = 3;

    [Setting("Number of optimizer steps; above 0 it takes the place of num_train_epochs.", "优化步数；大于 0 时取代 num_train_epochs。", Unit = "optimizer steps", Minimum = -1, Example = "200")]
    public int MaxSteps { get; init; } = -1;

    [Setting("Rows in one forward and backward pass. More rows need more memory.", "每次前向和反向计算的样本数（批大小），越大占用内存越多。", Unit = "rows", Minimum = 1, Maximum = 65536, Aliases = ["micro_batch_size", "batch_size"], Example = "4")]
    public int PerDeviceTrainBatchSize { get; init; } = 4;

    [Setting("Passes that are added up before the weights change; rows per step = per_device_train_batch_size × this. Costs no memory.", "梯度累积：更新权重前累积的批次数；每步样本数 = per_device_train_batch_size × 此值。不占用更多内存。",
        Unit = "passes", Minimum = 1, Maximum = 65536, Aliases = ["grad_accumulation_steps"], Example = "2")]
    public int GradientAccumulationSteps { get; init; } = 1;

    [Setting("Rows in one pass of an evaluation.", "评估时每次计算的样本数。", Unit = "rows", Minimum = 1, Maximum = 65536, Aliases = ["eval_batch_size"], Example = "8")]
    public int PerDeviceEvalBatchSize { get; init; } = 8;

    [Setting("Leave out the last, smaller batch of each epoch.", "丢弃每轮最后不足一批的数据。", Example = "false")]
    public bool DataloaderDropLast { get; init; }

    [Setting("Take the rows in the order of the file instead of a new random order in each epoch.", "按文件顺序使用数据，而不是每轮随机打乱。", Advice = "false, unless the order is a lesson plan", Example = "false")]
    public bool DisableShuffling { get; init; }

    [Setting("The order of the rows: random (new in each epoch), sequential (as in the file) or group_by_length (random, rows of similar length together).", "样本的顺序：random（每轮随机）、sequential（按文件顺序）或 group_by_length（随机，但长度相近的样本放在一起）。",
        Advice = "random; rows are never padded here, so group_by_length saves little", Example = "random")]
    public TrainSamplingStrategy TrainSamplingStrategy { get; init; } = TrainSamplingStrategy.Random;

    [Setting("Share of each target that is spread over the whole vocabulary, so that the model is less sure of itself. The validation loss is measured without it.", "标签平滑：把每个目标的这一比例均摊到整个词表，使模型不过分自信。验证损失不含平滑。",
        Advice = "0, or 0.1 where answers are noisy", Minimum = 0, Maximum = 1, Example = "0.1")]
    public double LabelSmoothingFactor { get; init; }

    [Setting("z-loss: weight of the squared log of the softmax's denominator, which keeps logits from drifting away. Language models only.", "z-loss：softmax 分母对数的平方的权重，防止 logits 漂移。仅用于语言模型。", Advice = "0, or 1e-4", Minimum = 0, Example = "1e-4")]
    public double ZLoss { get; init; }

    [Setting("Focal loss: each token's loss times (1 - its probability) to this power, so that what is known already counts less. Language models only.", "Focal loss：每个词元的损失乘以（1 − 其概率）的该次幂，已学会的内容权重更小。仅用于语言模型。", Advice = "0, or 1 … 2", Minimum = 0, Example = "2")]
    public double FocalGamma { get; init; }

    [Setting("The optimizer: how gradients become steps.", "优化器：如何由梯度得到更新。",
        Advice = "adamw_torch; adamw_bnb_8bit, adafactor, lion_32bit or sgd where memory is short", Example = "adamw_torch")]
    public string Optim { get; init; } = OptimizerCatalog.Default;

    [Setting("Arguments of the optimizer itself, as momentum of sgd or clip_threshold of adafactor.", "优化器自身的参数，例如 sgd 的 momentum、adafactor 的 clip_threshold。", Example = "momentum=0.9, nesterov=true")]
    public string? OptimArgs { get; init; }

    [Setting("Share of the weight that is taken away at each step, times the learning rate. Biases and norms are left alone.", "权重衰减系数（乘以学习率）。偏置和归一化参数不衰减。", Minimum = 0, Maximum = 1, Example = "0.01")]
    public double WeightDecay { get; init; }

    [Setting("Adam and its kin: memory of the gradient's mean.", "Adam 类优化器的一阶动量系数。", Minimum = 0, Maximum = 1, Example = "0.9")]
    public double AdamBeta1 { get; init; } = 0.9;

    [Setting("Adam and its kin: memory of the gradient's square.", "Adam 类优化器的二阶动量系数。", Minimum = 0, Maximum = 1, Example = "0.999")]
    public double AdamBeta2 { get; init; } = 0.999;

    [Setting("Adam and its kin: small number that keeps the division safe.", "Adam 类优化器分母中防止除零的小量。", Minimum = 0, Maximum = 1, Example = "1e-8")]
    public double AdamEpsilon { get; init; } = 1e-8;

    [Setting("Gradients are scaled down so that their common norm is at most this; 0 switches it off.", "梯度全局范数的上限，超过则按比例缩小；0 表示关闭。", Minimum = 0, Aliases = ["gradient_clip"], Example = "1.0")]
    public double MaxGradNorm { get; init; } = 1.0;

    [Setting("Which norm max_grad_norm limits: 1 (sum of all amounts), 2, or inf (the largest amount).", "max_grad_norm 限制的范数：1（绝对值之和）、2 或 inf（最大绝对值）。", Advice = "2", Example = "2")]
    public string GradNormType { get; init; } = "2";

    [Setting("Each number of the gradient is cut to at most this amount, before the norm is limited; 0 switches it off.", "梯度每个元素绝对值的上限，先于范数裁剪；0 表示关闭。", Minimum = 0, Example = "0.5")]
    public double MaxGradValue { get; init; }

    [Setting("NEFTune: noise on the embeddings while training, which often makes answers better; its amount is this / sqrt(tokens × width). Nothing = none.", "NEFTune：训练时在词嵌入上加噪声，常能改善回答；幅度为该值除以 √(长度×维度)。不填则不加。",
        Advice = "5 … 15", Minimum = 0, Example = "5")]
    public double? NeftuneNoiseAlpha { get; init; }

    [Setting("LoRA+: learning rate of the matrices B, times that of A. Nothing = the same.", "LoRA+：矩阵 B 与 A 的学习率之比。不填则相同。", Advice = "16", Minimum = 0, Example = "16")]
    public double? LoraplusLrRatio { get; init; }

    [Setting("LoRA+: learning rate of an adapted embedding.", "LoRA+：被适配的词嵌入的学习率。", Minimum = 0, Maximum = 1, Example = "1e-6")]
    public double LoraplusLrEmbedding { get; init; } = 1e-6;

    /// <summary>What a token's loss is.</summary>
    internal TokenLoss TokenLoss => new(LabelSmoothingFactor, ZLoss, FocalGamma);

    /// <summary><see cref="GradNormType"/> as a number; infinity for `inf`.</summary>
    internal double GradNorm => GradNormType switch { "1" or "1.0" => 1, "2" or "2.0" => 2, "inf" => double.PositiveInfinity, _ => double.NaN };

    [Setting("Keep only the input of each block and compute the block again in backward: far less memory, about a quarter slower, same numbers.", "只保留每个块的输入，反向传播时重新计算：内存大减，速度约慢四分之一，数值相同。", Example = "false")]
    public bool GradientCheckpointing { get; init; }

    [Setting("Start of all random numbers: order of the rows, first adapter weights, dropout.", "随机种子：决定数据顺序、适配器初始值和 dropout。", Minimum = 0, Example = "42")]
    public long Seed { get; init; } = 42;

    [Setting("Evaluate every so many steps; below 1 a share of all steps, 0 never, nothing = at the end of each epoch.", "每多少步评估一次；小于 1 为总步数的比例，0 表示不评估，不填则每轮结束时评估。",
        Unit = "optimizer steps or share", Minimum = 0, Example = "50")]
    public double? EvalSteps { get; init; }

    [Setting("Write a checkpoint every so many steps; below 1 a share of all steps, 0 only at the end, nothing = at the end of each epoch.", "每多少步保存一次检查点；小于 1 为总步数的比例，0 表示只在结束时保存，不填则每轮结束时保存。",
        Unit = "optimizer steps or share", Minimum = 0, Example = "100")]
    public double? SaveSteps { get; init; }

    [Setting("Checkpoints that are kept, beside the best one; older ones are deleted. Nothing = all.", "除最佳检查点外最多保留的检查点数，更早的会被删除；不填则全部保留。", Unit = "checkpoints", Minimum = 1, Example = "2")]
    public int? SaveTotalLimit { get; init; } = 2;

    [Setting("Report every so many steps.", "每多少步报告一次。", Unit = "optimizer steps", Minimum = 1, Example = "1")]
    public int LoggingSteps { get; init; } = 1;

    [Setting("The result is the best checkpoint (lowest validation loss, or metric_for_best_model) instead of the last one (needs validation rows).", "结果取最佳检查点（验证损失最低，或按 metric_for_best_model），而不是最后一个（需要验证数据）。", Example = "true")]
    public bool LoadBestModelAtEnd { get; init; } = true;

    [Setting("By what the best checkpoint is chosen and stopping early decides: loss, or a number that is measured while a classifier trains (accuracy, precision, recall, f1, f1_micro, f1_weighted, mcc; mse, mae, r2, … of values).", "以何指标选取最佳检查点并决定是否提前停止：loss，或训练分类器时测得的指标（accuracy、precision、recall、f1、f1_micro、f1_weighted、mcc；数值回归为 mse、mae、r2 等）。", Example = "f1")]
    public string? MetricForBestModel { get; init; }

    [Setting("Whether a higher number is the better one. Nothing = for losses and errors a lower one, for everything else a higher one.", "该指标是否越大越好；不填则损失与误差越小越好，其余越大越好。", Example = "true")]
    public bool? GreaterIsBetter { get; init; }

    [Setting("Stop after so many evaluations without a better validation loss (or metric_for_best_model); nothing = never.", "验证损失（或 metric_for_best_model）连续多少次没有改善就停止；不填则不提前停止。", Unit = "evaluations", Minimum = 1, Aliases = ["early_stopping_steps"], Example = "3")]
    public int? EarlyStoppingPatience { get; init; }

    [Setting("An evaluation counts as better only if its loss is lower (or its metric better) by more than this.", "验证损失至少下降（或指标至少改善）多少才算改善。", Minimum = 0, Example = "0.0")]
    public double EarlyStoppingThreshold { get; init; }

    [Setting("Stop with an error after so many consecutive steps whose loss or gradient is not a finite number. Such steps change nothing.", "损失或梯度连续多少步不是有限数时报错停止。这些步不会改变权重。", Unit = "optimizer steps", Minimum = 1, Example = "5")]
    public int MaxSkippedSteps { get; init; } = 5;

    /// <exception cref="InvalidInputException">Names the key, its value, the limit and what to do.</exception>
    public void Validate()
    {
        SettingRange.Check(this);
        if (LearningRate <= 0) throw Refuse("learning_rate", LearningRate, "must be above 0", "Values from 1e-6 to 1e-2 are usual.");
        if (MaxSteps == 0) throw Refuse("max_steps", 0, "would train nothing", "Give a number of steps, or -1 to use num_train_epochs.");
        if (MaxSteps < 0 && NumTrainEpochs <= 0) throw Refuse("num_train_epochs", NumTrainEpochs, "must be above 0", "Give a number of epochs, or set max_steps.");
        if (AdamBeta1 >= 1) throw Refuse("adam_beta1", AdamBeta1, "must be below 1", "0.9 is usual.");
        if (AdamBeta2 >= 1) throw Refuse("adam_beta2", AdamBeta2, "must be below 1", "0.999 is usual.");
        _ = OptimizerCatalog.Rule(this);
        if (double.IsNaN(GradNorm)) throw new InvalidInputException($"`grad_norm_type` is {GradNormType}.", null, "Give 1, 2 or inf.");
        if (LoraplusLrRatio <= 0) throw Refuse("loraplus_lr_ratio", LoraplusLrRatio.Value, "must be above 0", "16 is usual.");
        if (LoraplusLrRatio is null && LoraplusLrEmbedding != new TrainingSettings().LoraplusLrEmbedding)
            throw Refuse("loraplus_lr_embedding", LoraplusLrEmbedding, "is for LoRA+ alone, but loraplus_lr_ratio is not set", "Set loraplus_lr_ratio, or remove loraplus_lr_embedding.");
        if (EarlyStoppingPatience is not null && EvalSteps == 0) throw Refuse("early_stopping_patience", EarlyStoppingPatience.Value, "needs evaluations, but eval_steps is 0", "Set eval_steps, or remove early_stopping_patience.");
        if (LabelSmoothingFactor >= 1) throw Refuse("label_smoothing_factor", LabelSmoothingFactor, "must be below 1, or nothing would be learned of the answers", "0.1 is usual.");
        if (LabelSmoothingFactor > 0 && FocalGamma > 0) throw Refuse("focal_gamma", FocalGamma, "does not go together with label_smoothing_factor", "Remove one of them.");
        if (NeftuneNoiseAlpha is { } alpha && alpha <= 0) throw Refuse("neftune_noise_alpha", alpha, "must be above 0", "5 is usual; remove it to train without noise.");
        if (!Enum.IsDefined(TrainSamplingStrategy)) throw new InvalidInputException($"`train_sampling_strategy` is {TrainSamplingStrategy}.", null, "Give random, sequential or group_by_length.");
        if (DisableShuffling && TrainSamplingStrategy == TrainSamplingStrategy.GroupByLength)
            throw new InvalidInputException("`disable_shuffling` keeps the order of the file, and `train_sampling_strategy: group_by_length` changes it.", null, "Remove one of them.");
        int steps = MaxSteps > 0 ? MaxSteps : 1000;
        // Built once for its checks alone; the real one is built when the number of steps is known.
        var schedule = LearningRateSchedule.Create(LrSchedulerType, LearningRate, Math.Min(LearningRateSchedule.ResolveWarmup(WarmupSteps, steps), steps - 1), steps, LrSchedulerKwargs);
        if (schedule.FollowsMetric && WarmupSteps > 0) throw Refuse("warmup_steps", WarmupSteps, $"has no place in the learning-rate schedule {LrSchedulerType}, which begins at learning_rate", "Remove it, or choose another schedule.");
    }

    private static InvalidInputException Refuse(string key, double value, string why, string nextStep) => new($"`{key}` is {value} and {why}.", null, nextStep);
}
