"""What a judgement is made of: findings, the order of the checks, the lesson's figures, and the pitfalls."""
