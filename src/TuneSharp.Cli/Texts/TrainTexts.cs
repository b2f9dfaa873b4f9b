namespace TuneSharp.Cli.Texts;

internal static class TrainTexts
{
    public static readonly Text Summary = new("Fine-tune a model on your data, by a recipe or by options alone.", "用您的数据微调模型，可用配方文件，也可只用选项。");
    public static readonly Text Recipe = new("A YAML file with lines `key: value`. Hugging Face's, PEFT's and LLaMA-Factory's names are understood.", "由 `键: 值` 组成的 YAML 文件，支持 Hugging Face、PEFT 和 LLaMA-Factory 的键名。");
    public static readonly Text Detach = new("Return as soon as the run has begun; it goes on in the background.", "运行开始后立即返回，训练在后台继续。");
    public static readonly Text What = new(
        "A model folder and a data file are enough: 10 % of the rows are kept for validation, LoRA trains a small adapter beside the model, and the result is the checkpoint with the lowest validation loss.",
        "只需模型文件夹和数据文件：10% 的样本留作验证，LoRA 在冻结的模型旁训练一个小适配器，结果取验证损失最低的检查点。");

    public static readonly Text Keys = new(
        "Every key of a recipe is an option too (--learning_rate 1e-4 or --learning-rate 1e-4) and wins over the file. Below are the most used; `tunesharp settings` lists all with their defaults.",
        "配方中的每个键都可作为选项（--learning_rate 1e-4 或 --learning-rate 1e-4），并优先于文件。下面是常用的键；`tunesharp settings` 列出全部及默认值。");

    public static readonly Text Safety = new(
        "The work is done by a process of its own: closing the terminal stops nothing, Ctrl-C saves a checkpoint and says how to go on. Nothing is ever written over.",
        "训练在独立进程中进行：关闭终端不会中断；按 Ctrl-C 会保存检查点并提示如何继续。任何文件都不会被覆盖。");

    public static readonly Text Preparing = new("Reading the rows: {0} % ({1} rows), about {2} left.", "正在读取数据：{0}%（{1} 条样本），约剩 {2}。");

    public static readonly Text ExampleRecipe = new("Train by a recipe.", "按配方训练。");
    public static readonly Text ExampleOverride = new("The same with two values changed.", "同上，但修改两个值。");
    public static readonly Text ExampleNoRecipe = new("Without a recipe; the run is called first.", "不用配方；运行名为 first。");
    public static readonly Text ExampleInitAdapter = new("Train an earlier adapter on with new data.", "用新数据继续训练已有的适配器。");
    public static readonly Text PretrainSummary = new("Train a small model from nothing on plain text.", "在纯文本上从零训练一个小模型。");
    public static readonly Text PretrainDetails = new(
        "The recipe names the new model's config.json, a tokenizer and the texts; the result is a model folder in Hugging Face layout. The same loop, checkpoints and resume as for `train`.",
        "配方给出新模型的 config.json、分词器和文本；结果为 Hugging Face 目录结构的模型文件夹。训练循环、检查点和恢复与 `train` 相同。");

    public static readonly Text ExamplePretrain = new("Make the embedded model again.", "重新训练内置模型。");
    public static readonly Text ExamplePretrainShort = new("Only the first 50 steps.", "只训练前 50 步。");
}
